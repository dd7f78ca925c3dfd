//! The lesson at `/docs`: a contract made of calls of Px and of the control side, in the order in which a partner's
//! developer should try them, with bodies that are filled in and work.
//!
//! Its words are in `assets/sandbox/lesson.toml`. What a call takes and answers comes from the contracts themselves, so that
//! the lesson cannot tell another story. Each page gets ids of its own: a pair that was submitted is never good again.

use super::error::Error;
use super::message::{Message, respond};
use super::shared::{Shared, broken};
use super::{control, px};
use axum::Router;
use axum::extract::State as Shelf;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LESSON: &str = include_str!("../../assets/sandbox/lesson.toml");

/// Where the lesson is served.
pub const PATH: &str = "/docs/lesson.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lesson {
    title: String,
    text: String,
    order: Map<String, Value>,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    text: String,
    #[serde(rename = "call", default)]
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    path: String,
    #[serde(default = "post")]
    method: String,
    title: String,
    text: String,
    #[serde(rename = "example")]
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    name: String,
    /// What differs from the order's ids at Px; the whole body at the control side, or its one parameter.
    #[serde(default)]
    body: Value,
}

fn post() -> String {
    "post".to_owned()
}

/// The lesson's own path.
pub fn routes() -> Router<Shared> {
    Router::new().route(PATH, get(lesson))
}

async fn lesson(Shelf(shared): Shelf<Shared>) -> Response {
    let accepts_after = shared.options.scenario.accepts_after_seconds;
    let made = shared.work(|state, _| state.px.count()).and_then(|number| contract(number, accepts_after));
    match made {
        Ok(contract) => {
            let mut response = respond(Message::json(200, &contract));
            // A page that is reloaded must get new ids.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => broken(&error),
    }
}

/// The lesson as a contract. `number` tells its orders from those of other pages.
fn contract(number: u64, accepts_after: i64) -> Result<Value, Error> {
    let words =
        LESSON.replace("{n}", &number.to_string()).replace("{accepts_after}", &accepts_after.to_string());
    let Lesson { title, text, order, steps } =
        toml::from_str(&words).map_err(|e| Error(format!("the lesson: {e}")))?;
    let px = read(px::routes::CONTRACT)?;
    let control = read(control::CONTRACT)?;

    let (mut tags, mut paths) = (Vec::new(), Map::new());
    for step in steps {
        for call in step.calls {
            let (from, order) =
                if call.path.starts_with("/_sandbox") { (&control, None) } else { (&px, Some(&order)) };
            let taught = taught(from, &call, &step.name, order)?;
            paths.insert(call.path, json!({ call.method: taught }));
        }
        tags.push(json!({ "name": step.name, "description": step.text }));
    }
    Ok(json!({
        "openapi": px["openapi"],
        "info": { "title": title, "version": px["info"]["version"], "description": text },
        // Nowhere else: the lesson must not place an order at Lumen.
        "servers": [{ "url": "/", "description": "the embedded Px that serves this page" }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "oauth": px["components"]["securitySchemes"]["oauth"] },
            "responses": { "PxError": px["components"]["responses"]["PxError"] },
            "schemas": schemas(&[&px, &control]),
        },
    }))
}

fn read(contract: &str) -> Result<Value, Error> {
    serde_json::from_str(contract).map_err(|e| Error(format!("a contract: {e}")))
}

/// One call as its contract has it, in the lesson's words.
fn taught(
    contract: &Value,
    call: &Call,
    step: &str,
    order: Option<&Map<String, Value>>,
) -> Result<Value, Error> {
    let Call { path, method, title, text, examples } = call;
    let mut taught = contract["paths"][path][method].clone();
    let Some(fields) = taught.as_object_mut() else {
        return Err(Error(format!("the lesson: {method} {path} is in neither contract")));
    };
    let security = if order.is_some() { json!([{ "oauth": [] }]) } else { json!([]) };
    fields.extend([
        ("tags".to_owned(), json!([step])),
        ("summary".to_owned(), json!(title)),
        ("description".to_owned(), json!(text)),
        ("security".to_owned(), security),
    ]);
    if let Some(responses) = fields.get_mut("responses").and_then(Value::as_object_mut) {
        // Each of the other statuses would be a table of the page; the words say which to expect.
        responses.retain(|status, _| status == "200");
        if order.is_some() {
            responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/PxError" }));
        }
    }
    let filled_in = examples.iter().enumerate().map(|(at, example)| {
        (format!("{}", at + 1), json!({ "summary": example.name, "value": filled_in(order, &example.body) }))
    });
    let filled_in = Value::Object(filled_in.collect());
    if fields.contains_key("requestBody") {
        taught["requestBody"]["content"]["application/json"]["examples"] = filled_in;
    } else {
        taught["parameters"][0]["examples"] = filled_in;
    }
    Ok(taught)
}

/// A body with the order's ids in it, where the call carries them.
fn filled_in(order: Option<&Map<String, Value>>, body: &Value) -> Value {
    let Some(order) = order else { return body.clone() };
    let mut whole = order.clone();
    whole.extend(body.as_object().cloned().unwrap_or_default());
    Value::Object(whole)
}

/// The schemas of all `contracts`; no two of them have one of the same name.
fn schemas(contracts: &[&Value]) -> Value {
    let each = contracts.iter().filter_map(|contract| contract["components"]["schemas"].as_object().cloned());
    Value::Object(each.flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` in it.
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn the_lesson_stands_alone_and_leaves_no_gap_in_its_words() {
        let lesson = contract(7, 20).unwrap();
        let mut found = Vec::new();
        references(&lesson, &mut found);
        assert!(
            found.contains(&"#/components/schemas/OrderContext")
                && found.contains(&"#/components/schemas/NewFault")
        );
        for reference in found {
            assert!(lesson.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        let count =
            |contract: &str| read(contract).unwrap()["components"]["schemas"].as_object().unwrap().len();
        let all = lesson["components"]["schemas"].as_object().unwrap().len();
        assert_eq!(all, count(px::routes::CONTRACT) + count(control::CONTRACT), "two schemas of one name");
        let text = lesson.to_string();
        assert!(text.contains("T-LESSON-7-B") && text.contains("accepts 20 seconds after"));
        for gap in ["{n}", "{accepts_after}", "api.lumen.com"] {
            assert!(!text.contains(gap), "{gap}");
        }
    }

    #[test]
    fn every_call_of_px_carries_the_five_ids_of_an_order_of_this_page() {
        let lesson = contract(7, 20).unwrap();
        let paths = lesson["paths"].as_object().unwrap();
        let of_px: Vec<_> = paths.iter().filter(|(path, _)| path.starts_with("/px")).collect();
        assert_eq!(of_px.len(), 4);
        for (path, call) in of_px {
            let examples = &call["post"]["requestBody"]["content"]["application/json"]["examples"];
            for example in examples.as_object().unwrap().values() {
                let body = &example["value"];
                for id in ["salesCode", "partnerId", "addressDetailId"] {
                    assert!(body[id].is_string(), "{path}: {body}");
                }
                for (id, start) in [("transactionId", "T-LESSON-7"), ("partnerOrderId", "PO-LESSON-7")] {
                    assert!(body[id].as_str().unwrap().starts_with(start), "{path}: {body}");
                }
            }
        }
    }
}
