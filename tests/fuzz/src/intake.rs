//! Orders taken in: JSON, an array of it, or JSON Lines.

use crate::assert_visible;
use pxdesk::order::{INTAKE_FIELDS, MAX_ID_CHARS, Timestamp, parse_intake};

pub fn check(data: &[u8]) {
    let text = crate::text(data);
    // 2026-11-20T15:00:00Z
    let now = Timestamp::from_second(1_795_186_800).unwrap();
    let lines = parse_intake(&text, now);
    assert_eq!(lines, parse_intake(&text, now));
    let count = text.lines().count().max(1);
    for line in &lines {
        assert!((1..=count).contains(&line.number), "line {} of {count}", line.number);
        match &line.order {
            Ok(order) => {
                let id = &order.identity;
                let ids = [
                    id.sales_code.as_str(),
                    id.partner_id.as_str(),
                    id.partner_order_id.as_str(),
                    id.transaction_id.as_str(),
                    id.address_detail_id.as_str(),
                ];
                for id in ids {
                    assert!(!id.is_empty() && id.chars().count() <= MAX_ID_CHARS, "{id:?}");
                    assert_visible(id);
                }
                order.ignored.iter().for_each(|name| assert_visible(name));
            }
            Err(errors) => {
                assert!(!errors.is_empty(), "refused without a reason");
                for error in errors {
                    assert_visible(&error.to_string());
                    let known = INTAKE_FIELDS.iter().any(|field| error.field.starts_with(field));
                    // A member that is no field of ours is named where it is there twice.
                    let twice = error.problem.contains("named twice");
                    assert!(error.field.is_empty() || known || twice, "no such field: {error}");
                    assert!(!error.problem.is_empty());
                }
            }
        }
    }
}
