//! The model Px: what the contract says of the four services, and the worst that it does not rule out.
//!
//! Complete looks whether the order was submitted before (2130), and does its work some time after: of two requests that
//! are looked at before either is worked on, both are applied. A single request is applied at most once: a gateway or
//! a server that repeats one by itself is not in a client's hands.

use crate::plan::Plan;
use crate::rng::Rng;
use pxdesk::order::Call;
use serde_json::Value;
use std::time::Duration;

/// Milliseconds since the world began; before it: negative.
pub type Millis = i64;

/// `time` in milliseconds.
pub fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}

/// How long after prepare a Complete is taken (2215, D).
const WINDOW: Millis = 120 * 60 * 1000;

pub struct Px {
    pub transactions: Vec<Transaction>,
    replies: u64,
}

/// What Px knows of an order.
pub struct Transaction {
    pub id: String,
    pub partner_order: String,
    pub prepared_at: Millis,
    /// Which version of the RCC text counts; 0 before it was retrieved.
    pub text: u64,
    sent_at: Option<Millis>,
    /// When the customer says yes to what was sent, if ever.
    accepts_at: Option<Millis>,
    /// How many of our Completes were carried out.
    pub applied: u64,
    /// Another system submitted the order.
    pub foreign: bool,
}

/// What goes back over the wire.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub html: bool,
    pub body: String,
}

/// What became of a request.
pub enum Handled {
    Answered(Reply),
    /// A Complete that may be carried out; that comes later.
    Checked {
        transaction: usize,
    },
}

impl Transaction {
    pub fn new(id: String, partner_order: String, prepared_at: Millis) -> Self {
        Self {
            id,
            partner_order,
            prepared_at,
            text: 0,
            sent_at: None,
            accepts_at: None,
            applied: 0,
            foreign: false,
        }
    }

    pub fn is_submitted(&self) -> bool {
        self.applied > 0 || self.foreign
    }
}

impl Px {
    pub fn new(transactions: Vec<Transaction>) -> Self {
        Self { transactions, replies: 0 }
    }

    pub fn find(&self, id: &str) -> Option<usize> {
        self.transactions.iter().position(|t| t.id == id)
    }

    /// One request.
    pub fn handle(&mut self, call: Call, body: &[u8], now: Millis, plan: &Plan, rng: &mut Rng) -> Handled {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
        let Some(at) = self.find(text("transactionId")) else {
            return self.refuse(410, "2070", "Missing or Invalid transactionId");
        };
        if self.transactions[at].partner_order != text("partnerOrderId") {
            let said = "Transaction Id and PartnerOrderId combination must remain constant through Submit";
            return self.refuse(410, "2131", said);
        }
        if rng.chance(plan.refused) {
            return self.refuse_somehow(call, rng);
        }
        match call {
            Call::RetrieveRcc => self.retrieve(at, rng),
            Call::SendRcc => self.send(at, now, rng),
            Call::GetRccAcceptance => self.acceptance(at, now),
            Call::CompleteOrder => {
                let verbal = text("rccAcceptanceMethod") == "VERBAL";
                self.check(at, verbal, now)
            }
        }
    }

    fn retrieve(&mut self, at: usize, rng: &mut Rng) -> Handled {
        let transaction = &mut self.transactions[at];
        if transaction.text == 0 || rng.chance(100) {
            transaction.text += 1;
            transaction.accepts_at = None;
        }
        let (id, order, text) = (&transaction.id, &transaction.partner_order, transaction.text);
        let body = format!(
            r#""transactionId":"{id}","partnerOrderId":"{order}","rcc":[{{"text":"You pay ${text}0 a month."}},{{"text":"It renews."}}]"#
        );
        self.answer(&body)
    }

    fn send(&mut self, at: usize, now: Millis, rng: &mut Rng) -> Handled {
        let transaction = &mut self.transactions[at];
        transaction.sent_at = Some(now);
        let pause = Millis::try_from(rng.between(1_000, 40_000)).unwrap_or_default();
        transaction.accepts_at = rng.chance(900).then_some(now + pause);
        self.answer(r#""deliveryMethod":"SMS""#)
    }

    fn acceptance(&mut self, at: usize, now: Millis) -> Handled {
        let accepted = self.transactions[at].accepts_at.is_some_and(|at| at <= now);
        self.answer(if accepted {
            r#""accepted":true,"acceptanceMethod":"SMS""#
        } else {
            r#""accepted":false"#
        })
    }

    /// The half of Complete that looks.
    fn check(&mut self, at: usize, verbal: bool, now: Millis) -> Handled {
        let transaction = &self.transactions[at];
        if transaction.is_submitted() {
            return self.refuse(410, "2130", "Order shows already submitted and may not be submitted again");
        }
        if now - transaction.prepared_at > WINDOW {
            let said = "A complete order cannot be executed more than 120 minutes after the corresponding \
                prepare Order";
            return self.refuse(410, "2215", said);
        }
        let accepted = transaction.text > 0 && (verbal || transaction.accepts_at.is_some_and(|at| at <= now));
        if !accepted {
            let said = "RCC must be accepted to submit an order, please correct and resubmit";
            return self.refuse(401, "1210", said);
        }
        Handled::Checked { transaction: at }
    }

    /// The half of Complete that works. It does not look again.
    pub fn apply(&mut self, at: usize) -> Reply {
        let transaction = &mut self.transactions[at];
        transaction.applied += 1;
        let (id, order) = (&transaction.id, &transaction.partner_order);
        let details = format!(r#"{{"transactionId":"{id}","partnerOrderId":"{order}"}}"#);
        let body =
            format!(r#""orderNumber":"{}","orderStatus":"SUBMITTED","orderDetails":{details}"#, number(id));
        self.reply(200, &body)
    }

    /// A documented error that needs no cause here.
    fn refuse_somehow(&mut self, call: Call, rng: &mut Rng) -> Handled {
        let rows: &[(u16, &str, &str)] = match call {
            Call::RetrieveRcc => &[
                (401, "2000", "Missing or Invalid salesCode"),
                (500, "4040", "Centurylink taxEstimateService unavailable"),
                (500, "4050", "Downstream applications failed, cannot process order at this time."),
            ],
            Call::SendRcc | Call::GetRccAcceptance => &[(401, "2000", "Missing or Invalid salesCode")],
            Call::CompleteOrder => &[
                (401, "2000", "Missing or Invalid salesCode"),
                (401, "2025", "Missing or Invalid addressDetailId"),
                (
                    410,
                    "1099",
                    "Invalid credit card information. Authorization Failed Please correct and resend",
                ),
                (401, "", "Payment system is down please contact CenturyLink at 1-800-555-0100"),
                (401, "1210", "RCC must be accepted to submit an order, please correct and resubmit"),
            ],
        };
        let (status, code, said) = rows[usize::try_from(rng.below(rows.len() as u64)).unwrap_or_default()];
        self.refuse(status, code, said)
    }

    fn refuse(&mut self, status: u16, code: &str, said: &str) -> Handled {
        let code =
            if code.is_empty() { String::new() } else { format!(r#""internalMessageCode":"{code}","#) };
        let tx = self.replies + 1;
        Handled::Answered(self.reply(status, &format!(r#"{code}"userMessage":"{said}; TxID {tx:04}""#)))
    }

    fn answer(&mut self, body: &str) -> Handled {
        Handled::Answered(self.reply(200, body))
    }

    fn reply(&mut self, status: u16, body: &str) -> Reply {
        self.replies += 1;
        Reply { status, html: false, body: format!(r#"{{"txId":"{:04}",{body}}}"#, self.replies) }
    }
}

/// The order number that Px gives to a transaction.
pub fn number(transaction: &str) -> String {
    format!("N-{transaction}")
}

/// What the gateway answers by itself, without Px (G, O).
pub fn gateway_fault(rng: &mut Rng) -> Reply {
    let faults = [
        (
            401,
            r#"{"fault":{"faultstring":"Invalid Access Token","detail":{"errorcode":"keymanagement.service.invalid_access_token"}}}"#,
        ),
        (401, r#"{"ErrorCode":"invalid_client","Error":"Client credentials are invalid"}"#),
        (
            429,
            r#"{"fault":{"faultstring":"Rate limit quota violation","detail":{"errorcode":"policies.ratelimit.QuotaViolation"}}}"#,
        ),
        (404, r#"{"code":"404","message":"Not Found","info":"there is nothing at this path"}"#),
        (503, "<html><body>Service Unavailable</body></html>"),
    ];
    let (status, body) = faults[usize::try_from(rng.below(faults.len() as u64)).unwrap_or_default()];
    Reply { status, html: body.starts_with('<'), body: body.to_owned() }
}

/// What a gateway may answer in Px's place when Px has carried the order out: statuses and shapes that it refuses tokens
/// with, and no refusal of a token.
pub fn gateway_lookalike(rng: &mut Rng) -> Reply {
    let faults = [
        r#"{"fault":{"faultstring":"Order accepted, payment pending review","detail":{"errorcode":"policies.review"}}}"#,
        r#"{"fault":{"faultstring":"Access Token expired","detail":{"errorcode":"steps.servicecallout.ExecutionFailed"}}}"#,
        r#"{"fault":{"faultstring":"Invalid Access Token","detail":{"errorcode":"keymanagement.service.invalid_access_token","order":"saved"}}}"#,
        r#"{"ErrorCode":"backend_timeout","Error":"Unauthorized: the backend timed out"}"#,
        r#"{"ErrorCode":"invalid_client","Error":"Client order saved, in review"}"#,
        r#"{"reason":"review","message":"000 -- payment authorization pending","code":"missingCredentials"}"#,
        r#"{"code":"401","message":"Unauthorized","info":"order saved"}"#,
        r#"{"code":"401","message":"Unauthorized"}"#,
    ];
    let status = if rng.chance(700) { 401 } else { 403 };
    let body = faults[usize::try_from(rng.below(faults.len() as u64)).unwrap_or_default()];
    Reply { status, html: false, body: body.to_owned() }
}

/// What the gateway answers when Px does not, or not in time; Px may have done its work, or be at it.
pub fn gateway_gave_up(rng: &mut Rng) -> Reply {
    let status = [500, 502, 504][usize::try_from(rng.below(3)).unwrap_or_default()];
    Reply { status, html: true, body: "<html><body>Bad Gateway</body></html>".to_owned() }
}
