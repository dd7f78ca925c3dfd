//! What is sent for an order, and by whom.

use crate::kind::Signature;
use crate::order::{Method, Order, Sender};
use crate::px::Request;

/// Who sends `request`.
pub(super) fn sender(request: &Request, by: Signature) -> Sender {
    Sender { owner: by.owner, request: request.digest(), uptime: by.uptime }
}

/// The request of Complete, the same bytes for the same order. Without an acceptance the guards refuse it before it is
/// sent, so what stands in for the method then does not matter.
pub(super) fn complete_request(order: &Order) -> Request {
    let method = order.acceptance.as_ref().map_or(Method::Verbal, |acceptance| acceptance.method);
    Request::complete(&order.identity, method, order.payment_token.as_ref(), &order.gift_cards)
}
