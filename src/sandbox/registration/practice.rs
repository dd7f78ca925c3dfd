//! What a trainee starts with: credentials, and a contract with something in it.

use super::contract::Contract;
use super::edgegrid::EdgeGrid;
use super::pairs::Ends;
use super::register::Named;

/// The credentials of practice, and the only ones that the embedded registration knows.
pub const PRACTICE_EDGEGRID: EdgeGrid = EdgeGrid {
    client_token: "akab-practiceclient00-practiceclient00",
    client_secret: "PRACTICE/ONLY+not+a+secret+of+anybody+00000=",
    access_token: "akab-practiceaccess00-practiceaccess00",
};

/// The contract of practice.
pub const PRACTICE_CONTRACT: &str = "A-PRACTICE";

const APPLICATIONS: [(&str, Option<&str>); 2] = [("mail", Some("Practice Mail")), ("crm", None)];

const CUSTOMERS: [(&str, Option<&str>); 12] = [
    ("okafor-dental", Some("Okafor Dental")),
    ("ortega-freight", Some("Ortega & Sons Freight")),
    ("tanaka-studio", Some("Tanaka Studio")),
    ("lindqvist", None),
    ("cafe-zurich", Some("Café Zürich")),
    ("northwind", Some("Northwind Logistics")),
    ("Harbor View", Some("Harbor View Hotels, 50% + more")),
    ("1007", None),
    ("brightside", Some("Brightside Learning")),
    ("o'neill.law", Some("O'Neill \"Law\" LLP")),
    ("quill_and_co", Some("Quill & Co")),
    ("zephyr", None),
];

/// Application and customer, by surrogate id.
const PAIRS: [(u64, u64); 14] = [
    (0, 0),
    (0, 1),
    (1, 1),
    (0, 2),
    (0, 3),
    (0, 4),
    (1, 4),
    (0, 5),
    (1, 6),
    (0, 7),
    (0, 8),
    (1, 8),
    (0, 9),
    (1, 10),
];

/// The contract of practice, as it is at first.
pub fn contract() -> Contract {
    let mut contract = Contract::default();
    let named = |(id, name): (&str, Option<&str>)| Named {
        provider_id: id.to_owned(),
        name: name.map(str::to_owned),
    };
    for application in APPLICATIONS {
        contract.applications.create(named(application));
    }
    for customer in CUSTOMERS {
        contract.customers.create(named(customer));
    }
    for (application, customer) in PAIRS {
        contract.pairs.create(Ends { application, customer });
    }
    contract
}
