//! The lesson at `/docs`, walked through as a partner's developer would: in a browser, by pressing what is there.

use crate::browser::{Browser, keep};
use crate::kit::Sandbox;
use crate::sandbox::Px;
use serde_json::Value;

/// A call on the page.
struct Call<'a> {
    page: &'a Page,
    /// The CSS selector of its block.
    block: String,
}

/// What the page says that came back.
#[derive(Debug)]
struct Answer {
    status: String,
    body: String,
}

struct Page {
    browser: Browser,
    px: Sandbox,
}

impl Page {
    fn open() -> Option<Self> {
        let browser = Browser::open()?;
        let page = Self { browser, px: Sandbox::serve(&[]) };
        page.load();
        Some(page)
    }

    fn load(&self) {
        self.browser.go(&format!("{}/docs/", self.px.base));
        self.browser.text(".opblock");
    }

    /// The transaction of this page's order, from the words on it.
    fn order(&self) -> String {
        let said = self.browser.text("//div[contains(@class,'info')]//code[starts-with(.,'T-LESSON-')]");
        said.trim().to_owned()
    }

    /// Presses Authorize, once here and once in the dialog, and closes that.
    fn authorize(&self) {
        self.browser.click(".auth-wrapper .btn.authorize");
        self.browser.click(".dialog-ux .auth-btn-wrapper .btn.authorize");
        self.browser.click(
            "//*[contains(@class,'dialog-ux')]//button[.='Logout']/following-sibling::button[.='Close']",
        );
    }

    /// Opens a call.
    fn call(&self, path: &str) -> Call<'_> {
        let block = format!(".opblock:has([data-path='{path}'])");
        if !self.browser.shows(&format!("{block} .opblock-body")) {
            self.browser.click(&format!("{block} .opblock-summary-control"));
        }
        Call { page: self, block }
    }

    /// How many Completes the server received for a transaction, and how many it applied.
    fn completes(&self, transaction: &str) -> (u64, u64) {
        let line = self.px.ledger(transaction);
        let count = |name: &str| line[name].as_u64().unwrap();
        (count("completesReceived"), count("completesApplied"))
    }

    /// Keeps a picture of the whole page, to be looked at.
    fn keep(&self, name: &str) {
        keep(&format!("docs-{name}.png"), &self.browser.screenshot_whole());
    }
}

impl Call<'_> {
    /// Chooses an example by its name.
    fn example(&self, name: &str) -> &Self {
        let path = self.block.split('\'').nth(1).unwrap();
        self.page.browser.click(&format!(
            "//div[contains(@class,'opblock ')][.//*[@data-path='{path}']]//select/option[normalize-space(.)='{name}']"
        ));
        self
    }

    /// Presses Execute, and reads what comes back.
    fn execute(&self) -> Answer {
        let Self { page: Page { browser, .. }, block } = self;
        let clear = format!("{block} .btn-clear");
        if browser.shows(&clear) {
            browser.click(&clear);
        }
        browser.click(&format!("{block} .execute"));
        let answer = format!("{block} .live-responses-table .response");
        let status = browser.text(&format!("{answer} .response-col_status"));
        let status = status.split_whitespace().next().unwrap().to_owned();
        Answer { status, body: browser.text(&format!("{answer} .response-col_description")) }
    }
}

impl Answer {
    #[track_caller]
    fn says(&self, status: &str, texts: &[&str]) {
        assert_eq!(self.status, status, "{self:?}");
        for text in texts {
            assert!(self.body.contains(text), "{text} is not in {self:?}");
        }
    }
}

#[test]
fn a_developer_walks_through_the_lesson_on_the_page() {
    let Some(page) = Page::open() else { return };
    page.call("/pxRetrieveRCC").execute().says("401", &["missingCredentials"]);
    page.authorize();
    let order = page.order();
    page.call("/pxRetrieveRCC").execute().says("200", &["What you pay each month", &order]);
    page.keep("call");
    page.call("/pxSendRCC").execute().says("200", &["\"deliveryMethod\": \"SMS\""]);
    page.call("/_sandbox/accept").execute().says("200", &["\"accepted\": true"]);
    let accepted = ["\"accepted\": true", "\"acceptanceMethod\": \"SMS\""];
    page.call("/pxGetRCCAcceptance").execute().says("200", &accepted);
    page.call("/pxCompleteOrder").execute().says("200", &["\"orderNumber\": \"N", "SUBMITTED"]);
    page.call("/_sandbox/ledger").execute().says("200", &[&order, "\"completesApplied\": 1"]);
    assert_eq!(page.completes(&order), (1, 1));

    // Another walk: by e-mail, on the page as it is after a reload.
    page.load();
    page.authorize();
    let next = page.order();
    assert_ne!(next, order);
    page.call("/pxRetrieveRCC").execute().says("200", &[&next]);
    page.call("/pxSendRCC").example("By e-mail").execute().says("200", &["EMAIL"]);
    page.call("/_sandbox/accept").execute().says("200", &[&next]);
    page.call("/pxCompleteOrder").example("Accepted by e-mail").execute().says("200", &[&next]);
    assert_eq!(page.completes(&next), (1, 1));
}

#[test]
fn what_goes_wrong_on_purpose_does_so_on_the_page() {
    let Some(page) = Page::open() else { return };
    page.authorize();
    let order = page.order();
    let (retrieve, complete) = (page.call("/pxRetrieveRCC"), page.call("/pxCompleteOrder"));
    retrieve.example("A wrong sales code (401 with 2000)").execute().says("401", &["\"2000\"", "salesCode"]);
    retrieve.example("The order of this page").execute().says("200", &[&order]);
    let other = "The same transaction, another partner order (2131)";
    retrieve.example(other).execute().says("410", &["\"2131\""]);
    complete.example("Read to the customer instead").execute().says("200", &["SUBMITTED"]);
    complete.execute().says("410", &["\"2130\""]);
    assert_eq!(page.completes(&order), (2, 1));

    let faults = page.call("/_sandbox/faults");
    faults.execute().says("200", &["complete_order", "502"]);
    retrieve.example("A second order, for the unknown outcome").execute().says("200", &["-B"]);
    complete.example("The second order, read to the customer").execute().says("502", &["html"]);
    let ledger = page.call("/_sandbox/ledger");
    ledger.example("The second order").execute().says("200", &["\"completesApplied\": 1"]);
    complete.execute().says("410", &["\"2130\""]);
    assert_eq!(page.completes(&format!("{order}-B")), (2, 1));

    // Pressed once, and sent twice: the browser does that, and the lesson says so.
    faults.example("It is done, but the connection is cut").execute().says("200", &["\"cut\": \"after\""]);
    retrieve.example("A third order, for the cut connection").execute().says("200", &["-C"]);
    complete.example("The third order, read to the customer").execute().says("410", &["\"2130\""]);
    ledger.example("The third order").execute().says("200", &["\"completesReceived\": 2"]);
    assert_eq!(page.completes(&format!("{order}-C")), (2, 1));
}

#[test]
fn the_page_fits_into_a_wide_window_and_a_narrow_one() {
    let Some(page) = Page::open() else { return };
    for (name, width) in [("wide", 1280), ("narrow", 390)] {
        page.browser.resize(width, 900);
        page.load();
        page.keep(name);
        let needed = page.browser.script("return document.documentElement.scrollWidth");
        assert!(needed.as_u64().unwrap() <= u64::from(width), "{name}: {needed}");
        // No step's words are a column of single words.
        let narrowest =
            "Math.min(...[...document.querySelectorAll('.opblock-tag small')].map(e => e.clientWidth))";
        let narrowest = page.browser.script(&format!("return {narrowest}"));
        assert!(narrowest.as_u64().unwrap() >= 300, "{name}: {narrowest}");
    }
}

/// Without a browser: what the page fills in, sent from top to bottom.
#[test]
fn the_first_example_of_every_call_works_in_the_order_of_the_page() {
    let px = Px::serve("calm", None);
    let mut orders = Vec::new();
    for _page in 0..2 {
        let reply = px.exchange("GET /docs/lesson.json", "", b"");
        assert!(reply.head.contains("cache-control: no-store"), "{}", reply.head);
        let lesson = reply.json();
        for (path, call) in lesson["paths"].as_object().unwrap() {
            let filled_in = |place: &Value| place["examples"]["1"]["value"].clone();
            let reply = if let Some(post) = call.get("post") {
                let body = filled_in(&post["requestBody"]["content"]["application/json"]);
                orders.extend(body["transactionId"].as_str().map(str::to_owned));
                match path.strip_prefix("/_sandbox/") {
                    Some(call) => px.control(call, &body),
                    None => px.call(path, &body),
                }
            } else {
                let id = filled_in(&call["get"]["parameters"][0]);
                px.exchange(&format!("GET {path}?transactionId={}", id.as_str().unwrap()), "", b"")
            };
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
            if path == "/_sandbox/ledger" {
                assert_eq!(reply.json()["completesApplied"], 1, "{}", reply.body);
            }
        }
        px.exchange("DELETE /_sandbox/faults", "", b"");
    }
    orders.dedup();
    assert_eq!(orders.len(), 2, "{orders:?}");
}
