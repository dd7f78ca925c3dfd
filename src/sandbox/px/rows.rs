//! The documented errors, all 20 rows (D), as the server sends them.

use super::call::Call;
use serde_json::{Value, json};

/// The number in messages that ask the caller to phone the carrier.
const CARRIER: &str = "1-800-555-0100";

/// The key of the row that has no code.
pub const PAYMENT_DOWN: &str = "payment_down";

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub call: Call,
    /// The internal message code; [`PAYMENT_DOWN`] for the row without one.
    pub key: &'static str,
    pub status: u16,
    message: &'static str,
    /// What stands for `<B>` when the row is provoked on demand.
    pub about: &'static str,
}

const fn row(call: Call, key: &'static str, status: u16, about: &'static str, message: &'static str) -> Row {
    Row { call, key, status, message, about }
}

const INVALID: &str = "Missing or Invalid <B>; TxID <>";
const PAIR: &str =
    "Transaction Id <B> and PartnerOrderId <> combination must remain constant through Submit; TxID <>";

/// Two rows have no documented status; they are sent with 400.
pub const ROWS: [Row; 20] = [
    row(Call::RetrieveRcc, "2000", 401, "salesCode", INVALID),
    row(Call::RetrieveRcc, "2030", 401, "partnerId", INVALID),
    row(Call::RetrieveRcc, "2025", 401, "addressDetailId", INVALID),
    row(Call::RetrieveRcc, "2070", 410, "transactionId", INVALID),
    row(Call::RetrieveRcc, "2225", 400, "", "Missing Partner Order Id <>; TxID <>"),
    row(Call::RetrieveRcc, "2131", 410, "", PAIR),
    row(Call::RetrieveRcc, "4040", 500, "", "Centurylink taxEstimateService unavailable; TxID <>"),
    row(
        Call::RetrieveRcc,
        "4050",
        500,
        "",
        "Downstream applications failed, cannot process order at this time. Please contact Centurylink 1-800-555-0100 to process your order? TxID <>",
    ),
    row(
        Call::CompleteOrder,
        "1210",
        401,
        "",
        "RCC must be accepted to submit an order, please correct and resubmit; TxID <>",
    ),
    row(Call::CompleteOrder, "2000", 401, "salesCode", INVALID),
    row(Call::CompleteOrder, "2030", 401, "partnerId", INVALID),
    row(Call::CompleteOrder, "2025", 401, "addressDetailId", INVALID),
    row(
        Call::CompleteOrder,
        "1099",
        410,
        "",
        "Invalid credit card information. Authorization Failed Please correct and resend TxID <>",
    ),
    row(
        Call::CompleteOrder,
        PAYMENT_DOWN,
        401,
        CARRIER,
        "Payment system is down please contact CenturyLink at <B>; TxID <>",
    ),
    row(
        Call::CompleteOrder,
        "1130",
        410,
        "",
        "Because payment is required, token must be provided. Please correct and resend. TxID <>",
    ),
    row(Call::CompleteOrder, "2225", 400, "", "Missing Partner Order Id <>; TxID <>"),
    row(
        Call::CompleteOrder,
        "2130",
        410,
        "",
        "Order shows already submitted and may not be submitted again; TxID <>",
    ),
    row(
        Call::CompleteOrder,
        "1215",
        410,
        "",
        "Only one gift card can be submitted, please correct and resubmit; TxID <>",
    ),
    row(
        Call::CompleteOrder,
        "2215",
        410,
        "",
        "A complete order cannot be executed more than 120 minutes after the corresponding prepare Order TxID <>",
    ),
    row(Call::CompleteOrder, "2131", 410, "", PAIR),
];

/// The row with this key, for this call; for the two calls without rows of their own, the identifiers' rows of Retrieve.
pub fn find(call: Call, key: &str) -> Option<&'static Row> {
    let documented = match call {
        Call::SendRcc | Call::GetRccAcceptance | Call::RetrieveRcc => Call::RetrieveRcc,
        Call::CompleteOrder => Call::CompleteOrder,
    };
    ROWS.iter().find(|r| r.call == documented && r.key == key)
}

impl Row {
    /// The body of the reply, about the two ids of the request.
    pub fn body(&self, transaction: &str, partner_order: &str, tx_id: &str) -> Value {
        let (first, second) =
            if self.message == PAIR { (transaction, partner_order) } else { (self.about, partner_order) };
        let message = self
            .message
            .replacen("TxID <>", &format!("TxID {tx_id}"), 1)
            .replacen("<B>", first, 1)
            .replacen("<>", second, 1);
        let mut body = json!({ "apiStatusCode": self.status, "userMessage": message, "txId": tx_id });
        if self.key != PAYMENT_DOWN {
            body["internalMessageCode"] = json!(self.key);
        }
        body
    }
}
