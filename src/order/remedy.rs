//! What each documented error means, and what a person can do about it. The table is data: `assets/errors.toml`.

use super::Call;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Who can fix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    Agent,
    Customer,
    Supervisor,
    Carrier,
}

impl Who {
    /// For a sentence: "the agent".
    pub fn title(self) -> &'static str {
        match self {
            Self::Agent => "the agent",
            Self::Customer => "the customer",
            Self::Supervisor => "a supervisor",
            Self::Carrier => "the carrier",
        }
    }
}

/// What sending the same again would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Retry {
    /// May work later.
    Useful,
    /// The same answer until someone mends something.
    Futile,
    /// Could do harm.
    Dangerous,
}

impl Retry {
    /// The name used in JSON and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Useful => "useful",
            Self::Futile => "futile",
            Self::Dangerous => "dangerous",
        }
    }
}

/// What makes an order go on after the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reopens {
    /// The same call again, at any time.
    Anytime,
    /// A correction at the field.
    Mend,
    /// A person lifts the hold.
    Release,
    /// A new acceptance.
    Accept,
    /// Nothing: this order cannot be completed under these ids.
    Never,
}

/// One documented error (D) with our advice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// `call/code`; the row without a code is `complete_order/payment_down`.
    pub id: String,
    pub call: Call,
    /// Empty for the row without one.
    pub code: String,
    /// 0 for the rows without one.
    pub http_status: u16,
    /// The table's reason, in its words.
    pub reason: String,
    /// The table's message; `<B>` and `<>` stand for the field's name or value and the `TxID`.
    pub message: String,
    /// The field it is about, as in the intake JSON, or `rcc`, `acceptance`, `window`, `order`.
    pub field: String,
    pub cause: String,
    pub who: Who,
    pub next: String,
    pub retry: Retry,
    pub reopens: Reopens,
}

#[derive(Deserialize)]
struct File {
    error: Vec<Remedy>,
}

#[expect(clippy::expect_used, reason = "the table is compiled in, and a test reads it")]
static TABLE: LazyLock<Vec<Remedy>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../../assets/errors.toml")).expect("assets/errors.toml reads").error
});

static UNDOCUMENTED: LazyLock<[Remedy; 4]> = LazyLock::new(|| Call::ALL.map(make_undocumented));

fn make_undocumented(call: Call) -> Remedy {
    let (field, retry, reopens) = match call {
        Call::RetrieveRcc => ("rcc", Retry::Useful, Reopens::Anytime),
        // Nobody knows whether the text went before that error; a second one confuses the customer.
        Call::SendRcc => ("delivery", Retry::Futile, Reopens::Anytime),
        Call::GetRccAcceptance => ("acceptance", Retry::Useful, Reopens::Anytime),
        Call::CompleteOrder => ("order", Retry::Dangerous, Reopens::Never),
    };
    let next = match call {
        Call::CompleteOrder => {
            "Call the carrier with the TxID and ask whether the order was placed. It is not sent again."
        }
        Call::SendRcc => {
            "Ask the customer whether the RCC came. If not, send it again; if it stays so, give the message and the TxID to the partner's Px support."
        }
        Call::RetrieveRcc | Call::GetRccAcceptance => {
            "Try again in a minute; if it stays so, give the message and the TxID to the partner's Px support."
        }
    };
    Remedy {
        id: format!("{}/undocumented", call.name()),
        call,
        code: String::new(),
        http_status: 0,
        reason: "Not in the documentation".to_owned(),
        message: String::new(),
        field: field.to_owned(),
        cause: "Px answered with an error that its documentation does not list.".to_owned(),
        who: Who::Supervisor,
        next: next.to_owned(),
        retry,
        reopens,
    }
}

/// All rows, in the documentation's order.
pub fn all() -> &'static [Remedy] {
    &TABLE
}

/// The row with this id.
pub fn by_id(id: &str) -> Option<&'static Remedy> {
    TABLE.iter().find(|r| r.id == id)
}

/// The row that documents `code` for `call`.
///
/// Send RCC and Get RCC Acceptance have no rows of their own; for them the identifiers' rows of Retrieve RCC count,
/// since they carry the same five identifiers (A).
pub fn by_code(call: Call, code: &str) -> Option<&'static Remedy> {
    let call = documented_as(call);
    TABLE.iter().find(|r| r.call == call && !r.code.is_empty() && r.code == code)
}

/// The row that a scenario's file or the embedded Px calls `key` at `call`: the code, or `payment_down` for the row without
/// one. As in [`by_code`], the rows of Retrieve RCC count for Send RCC and Get RCC Acceptance.
pub fn by_key(call: Call, key: &str) -> Option<&'static Remedy> {
    by_id(&format!("{}/{key}", documented_as(call).name()))
}

/// The row whose documented wording `message` bears, whatever stands in its placeholders.
///
/// "Missing or Invalid" is the wording of four rows, so the field's name decides between them; without one it is none.
pub fn by_wording(call: Call, message: &str) -> Option<&'static Remedy> {
    let call = documented_as(call);
    let message = fold(message);
    TABLE.iter().filter(|r| r.call == call).find(|r| {
        let wording = wording(&r.message).iter().all(|part| message.contains(part.as_str()));
        let shared = r.message.starts_with("Missing or Invalid");
        wording && (!shared || fold(&message).replace(' ', "").contains(&r.field.to_lowercase()))
    })
}

/// The row whose documented wording `message` is, from its first word to its last: only placeholders and the `TxID` differ.
pub fn by_whole_wording(call: Call, message: &str) -> Option<&'static Remedy> {
    by_wording(call, message).filter(|row| is_whole(row, message))
}

/// Longer than this, in characters, no value of a placeholder is.
const LONGEST_VALUE: usize = 64;

fn is_whole(row: &Remedy, message: &str) -> bool {
    let message = fold(message);
    // From there on it quotes the id of the transaction; a gateway puts a number before it.
    let (said, tx_id) = message.split_once("txid").unwrap_or((&message, ""));
    let said = said.trim_start_matches(|c: char| !c.is_alphabetic());
    let mut rest = said;
    for (at, part) in wording(&row.message).iter().enumerate() {
        match rest.split_once(part.as_str()) {
            Some((value, after)) if value.len() <= if at == 0 { 0 } else { LONGEST_VALUE } => rest = after,
            Some(_) | None => return false,
        }
    }
    let value = fold(rest);
    let ends_in_a_value = row.message.trim_end_matches("TxID <>").trim_end_matches([';', ' ']).ends_with('>');
    let is_value = if row.message.starts_with("Missing or Invalid") {
        value.replace(' ', "").starts_with(&row.field.to_lowercase())
    } else {
        ends_in_a_value || value.is_empty()
    };
    let goes_on = [". ", ", ", "; "].iter().any(|stop| value.contains(stop));
    is_value && !goes_on && value.len() <= LONGEST_VALUE && tx_id.len() <= LONGEST_VALUE
}

/// The general advice for an error of `call` that is not documented.
pub fn undocumented(call: Call) -> &'static Remedy {
    match call {
        Call::RetrieveRcc => &UNDOCUMENTED[0],
        Call::SendRcc => &UNDOCUMENTED[1],
        Call::GetRccAcceptance => &UNDOCUMENTED[2],
        Call::CompleteOrder => &UNDOCUMENTED[3],
    }
}

fn documented_as(call: Call) -> Call {
    match call {
        Call::SendRcc | Call::GetRccAcceptance | Call::RetrieveRcc => Call::RetrieveRcc,
        Call::CompleteOrder => Call::CompleteOrder,
    }
}

/// The fixed parts of a documented message, folded.
fn wording(message: &str) -> Vec<String> {
    let text = message.replace("1-800-xxx xxxx (from sales code)", "<>").replace("TxID", "<>");
    text.split("<B>").flat_map(|t| t.split("<>")).map(fold).filter(|t| t.len() > 2).collect()
}

/// Lower case, blanks folded, no punctuation at the ends.
fn fold(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_documented_rows() {
        assert_eq!(all().len(), 20);
        let codes =
            |call| all().iter().filter(|r| r.call == call).map(|r| r.code.as_str()).collect::<Vec<_>>();
        assert_eq!(
            codes(Call::RetrieveRcc),
            ["2000", "2030", "2025", "2070", "2225", "2131", "4040", "4050"]
        );
        assert_eq!(
            codes(Call::CompleteOrder),
            ["1210", "2000", "2030", "2025", "1099", "", "1130", "2225", "2130", "1215", "2215", "2131"]
        );
        for row in all() {
            let (call, key) = row.id.split_once('/').unwrap();
            assert_eq!(call, row.call.name());
            assert!(key == row.code || (key == "payment_down" && row.code.is_empty()), "{}", row.id);
        }
    }

    #[test]
    fn every_row_is_recognised_by_its_wording_alone() {
        for row in all() {
            let message = row
                .message
                .replacen("<B>", &row.field, 1)
                .replace("<>", "7f3a-1")
                .replace("1-800-xxx xxxx (from sales code)", "1-800-555-0100");
            let found = by_wording(row.call, &message).map(|r| r.id.as_str());
            assert_eq!(found, Some(row.id.as_str()), "{message}");
        }
        assert!(by_wording(Call::CompleteOrder, "Service Unavailable").is_none());
        assert!(
            by_wording(Call::RetrieveRcc, "Missing or Invalid; TxID 1").is_none(),
            "which of four, it does not say"
        );
    }

    #[test]
    fn a_code_means_something_only_for_the_call_it_is_documented_for() {
        assert!(by_code(Call::CompleteOrder, "4050").is_none());
        assert!(by_code(Call::RetrieveRcc, "2130").is_none());
        assert_eq!(by_code(Call::SendRcc, "2131").map(|r| r.id.as_str()), Some("retrieve_rcc/2131"));
    }
}
