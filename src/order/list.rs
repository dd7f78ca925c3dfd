//! An order as a kind of thing in the journal: its events, and its row in the queue.

use super::{
    Brief, Call, Class, Environment, Event, Method, Order, OrderId, Recorded, State, Summary, Timestamp,
    Worker,
};
use crate::kind::{Column, Index, Kind, List, Row, Unique, Value};

/// The queue's table. Times are microseconds since 1970, UTC.
const QUEUE: List = List {
    table: "orders",
    columns: &[
        Column::text("environment").fixed(),
        Column::text("transaction_id").fixed(),
        Column::text("partner_order_id").fixed(),
        Column::text("standing"),
        Column::text("method").optional(),
        Column::text("agent"),
        Column::integer("prepared_at").optional(),
        Column::integer("opened_at").fixed(),
        Column::integer("updated_at"),
        Column::text("trouble_call").optional(),
        Column::text("trouble_class").optional(),
        Column::text("trouble_code").optional(),
        Column::text("trouble_row").optional(),
        Column::text("owner").optional(),
        Column::integer("attention"),
        // [`Summary::due`].
        Column::integer("due"),
        Column::integer("ended_at").optional(),
        // [`Summary::touched`].
        Column::integer("touched"),
        Column::text("worker").optional(),
        Column::integer("worked_at").optional(),
        Column::integer("attempts"),
    ],
    unique: &[
        Unique { columns: &["environment", "transaction_id"], field: "transactionId" },
        Unique { columns: &["environment", "partner_order_id"], field: "partnerOrderId" },
    ],
    indexes: &[
        Index {
            name: "orders_by_urgency",
            columns: &["environment", "attention", "due", "opened_at", "id"],
            only: None,
        },
        Index {
            name: "orders_by_state",
            columns: &["environment", "standing", "opened_at", "id"],
            only: None,
        },
        Index { name: "orders_by_agent", columns: &["environment", "agent", "opened_at", "id"], only: None },
        Index {
            name: "orders_under_way",
            columns: &["environment", "opened_at", "id"],
            only: Some("owner IS NOT NULL"),
        },
        // On their way, so that those that nobody has gone on with are found: attention 2 and 3.
        Index {
            name: "orders_resting",
            columns: &["environment", "touched", "id"],
            only: Some("attention IN (2, 3)"),
        },
    ],
    counted: &["environment", "attention"],
};

impl Kind for Order {
    const NAME: &'static str = "order";
    const LIST: List = QUEUE;
    // Whoever proposes a verdict and whoever completes it: two people who may settle a doubt.
    const RESERVED: &'static [&'static str] = &["verdict_proposed", "resolved", "assigned", "erased"];
    type Id = OrderId;
    type Row = Summary;
    type Event = Event;

    fn parse_id(text: &str) -> Option<OrderId> {
        OrderId::parse(text)
    }

    fn id(&self) -> &OrderId {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn is_erased(&self) -> bool {
        self.erased
    }

    fn event_name(event: &Event) -> &'static str {
        event.kind()
    }

    fn erases(event: &Event) -> bool {
        matches!(event, Event::Erased { .. })
    }

    fn open(id: &OrderId, first: &Recorded) -> Option<Self> {
        Self::opened(id, first)
    }

    fn follow(&mut self, recorded: &Recorded) -> bool {
        let follows = !matches!(recorded.event, Event::Opened { .. });
        if follows {
            self.apply(recorded);
        }
        follows
    }

    fn row(&self) -> Vec<Value> {
        let summary = Summary::of(self);
        let trouble = summary.trouble.as_ref();
        vec![
            summary.environment.name().into(),
            summary.transaction_id.to_string().into(),
            summary.partner_order_id.to_string().into(),
            summary.standing.name().into(),
            summary.method.map(Method::name).into(),
            summary.agent.to_string().into(),
            summary.prepared_at.map(Timestamp::as_microsecond).into(),
            summary.opened_at.as_microsecond().into(),
            summary.updated_at.as_microsecond().into(),
            trouble.map(|t| t.call.name()).into(),
            trouble.map(|t| t.class.name()).into(),
            trouble.and_then(|t| t.code.as_deref()).into(),
            trouble.and_then(|t| t.row.as_deref()).into(),
            summary.owner.as_deref().into(),
            (summary.attention() as i64).into(),
            summary.due().into(),
            summary.ended_at.map(Timestamp::as_microsecond).into(),
            summary.touched().into(),
            summary.worker.as_ref().map(|worker| worker.name.as_str()).into(),
            summary.worker.as_ref().map(|worker| worker.at.as_microsecond()).into(),
            i64::try_from(summary.attempts).unwrap_or(i64::MAX).into(),
        ]
    }

    fn blind_terms(&self) -> Vec<String> {
        super::contact::terms(self)
    }

    fn read_row(id: &str, seq: u64, values: &[Value]) -> Result<Summary, String> {
        let row = Row { list: &QUEUE, values };
        let trouble = row.maybe_text(9).zip(row.maybe_text(10));
        let worker = row.maybe_text(18).zip(row.maybe_integer(19));
        Ok(Summary {
            id: known(id, "id", OrderId::parse)?,
            environment: known(row.text(0)?, "environment", Environment::named)?,
            transaction_id: row.text(1)?.into(),
            partner_order_id: row.text(2)?.into(),
            standing: known(row.text(3)?, "state", State::named)?,
            method: row.maybe_text(4).map(|name| known(name, "method", Method::named)).transpose()?,
            agent: row.text(5)?.into(),
            prepared_at: row.maybe_integer(6).map(instant).transpose()?,
            opened_at: instant(row.integer(7)?)?,
            updated_at: instant(row.integer(8)?)?,
            ended_at: row.maybe_integer(16).map(instant).transpose()?,
            seq,
            trouble: trouble
                .map(|(call, class)| {
                    Ok::<_, String>(Brief {
                        call: known(call, "call", Call::named)?,
                        class: known(class, "trouble", Class::named)?,
                        code: row.maybe_text(11).map(Into::into),
                        row: row.maybe_text(12).map(Into::into),
                    })
                })
                .transpose()?,
            owner: row.maybe_text(13).map(Into::into),
            worker: worker
                .map(|(name, at)| Ok::<_, String>(Worker { name: name.to_owned(), at: instant(at)? }))
                .transpose()?,
            attempts: usize::try_from(row.integer(20)?).map_err(|_| row.missing(20))?,
        })
    }
}

fn instant(micros: i64) -> Result<Timestamp, String> {
    Timestamp::from_microsecond(micros).map_err(|_| format!("{micros} is not a time"))
}

fn known<T>(name: &str, what: &str, named: impl Fn(&str) -> Option<T>) -> Result<T, String> {
    named(name).ok_or_else(|| format!("`{name}` is no {what}"))
}
