//! A headless Chromium, driven as a person would: clicks, keys, what can be read on the page; screenshots and prints.
//!
//! It speaks the W3C `WebDriver` protocol with Debian's `chromedriver`, which it starts. All of it ends with the value.

use crate::kit::has;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a page may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `WebDriver` calls an element, in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser at a time: several would take the machine from the tests that measure time.
static ONE: Mutex<()> = Mutex::new(());

/// A browser of a test's own, with one window.
pub struct Browser {
    driver: Child,
    /// Where the driver listens.
    address: String,
    session: String,
    /// Chromium's own process.
    pub process: u64,
    /// Home, profile and temporary files of both.
    _home: tempfile::TempDir,
    _one: MutexGuard<'static, ()>,
}

impl Browser {
    /// None, said out loud, where Chromium or its driver is not installed.
    pub fn open() -> Option<Self> {
        if !has("chromium") || !has("chromedriver") {
            return None;
        }
        // A test that failed had one, and has it no more.
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let home = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = driver.stdout.take().unwrap();
        // From here on it ends with this value, whatever fails.
        let mut browser = Self {
            driver,
            address: String::new(),
            session: String::new(),
            process: 0,
            _home: home,
            _one: one,
        };
        // The first line that names a port has the 0 that was asked for; the last has the one that was found.
        let lines = BufReader::new(said).lines().map_while(Result::ok);
        let mut ports =
            lines.filter_map(|line| Some(line.split_once(" on port ")?.1.trim_end_matches('.').to_owned()));
        browser.address = format!("127.0.0.1:{}", ports.find(|port| port != "0").unwrap());
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": [
            "--headless=new",
            "--window-size=1280,900",
            "--hide-scrollbars",
            // There is no GPU; imitating one takes more time than drawing without.
            "--disable-gpu",
            // Only pages of ours are shown; as root, and in most containers, there is no other way.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            // Chromium ends when the driver does, however the driver ends.
            "--remote-debugging-pipe",
            // Nothing leaves this machine.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
        ] } } } });
        let session = browser.ask("POST", "/session", &wanted).unwrap();
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        browser.process = session["capabilities"]["goog:processID"].as_u64().unwrap();
        Some(browser)
    }

    /// Opens a page and waits until it is loaded.
    pub fn go(&self, url: &str) {
        self.command("url", &json!({ "url": url }));
    }

    /// Makes the page this wide and high, in CSS pixels; narrower than a window may be, too.
    pub fn resize(&self, width: u32, height: u32) {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", &params);
    }

    /// Clicks on it as soon as that is possible. `place` is a CSS selector, or an `XPath` if it begins with a slash.
    pub fn click(&self, place: &str) {
        self.until(&format!("a click on {place}"), || self.on(place, "POST", "click").is_ok().then_some(()));
    }

    /// Replaces what stands in a field.
    pub fn fill(&self, place: &str, text: &str) {
        let element = self.until(place, || self.element(place).ok());
        self.element_command("POST", &element, "clear", &json!({})).unwrap();
        self.element_command("POST", &element, "value", &json!({ "text": text })).unwrap();
    }

    /// What can be read there, as soon as there is something.
    pub fn text(&self, place: &str) -> String {
        self.until(&format!("text in {place}"), || {
            let text = self.on(place, "GET", "text").ok()?;
            text.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
        })
    }

    /// Whether it is on the page now.
    pub fn shows(&self, place: &str) -> bool {
        self.on(place, "GET", "displayed").is_ok_and(|shown| shown == true)
    }

    /// Runs a function's body in the page and returns what it returns.
    pub fn script(&self, body: &str) -> Value {
        self.command("execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// What is in view, as PNG.
    pub fn screenshot(&self) -> Vec<u8> {
        decoded(&self.ask("GET", &format!("{}/screenshot", self.session), &Value::Null).unwrap())
    }

    /// The whole page, however long it is, as PNG.
    pub fn screenshot_whole(&self) -> Vec<u8> {
        let shot = self.cdp("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }));
        decoded(&shot["data"])
    }

    /// The page as it is printed on A4, as PDF.
    pub fn print(&self) -> Vec<u8> {
        decoded(&self.command("print", &json!({ "page": { "width": 21.0, "height": 29.7 } })))
    }

    /// Waits until `met` has a value. `what` is said when it does not come.
    #[track_caller]
    pub fn until<T>(&self, what: &str, met: impl Fn() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(value) = met() {
                return value;
            }
            assert!(
                Instant::now() <= until,
                "{what}: not within {PATIENCE:?}; seen at the end: {}",
                self.kept_for_the_failure()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn kept_for_the_failure(&self) -> String {
        keep(&format!("failed-{}.png", self.process), &self.screenshot()).display().to_string()
    }

    /// Something that only Chromium can.
    fn cdp(&self, name: &str, params: &Value) -> Value {
        self.command("goog/cdp/execute", &json!({ "cmd": name, "params": params }))
    }

    fn command(&self, name: &str, body: &Value) -> Value {
        self.ask("POST", &format!("{}/{name}", self.session), body).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn element(&self, place: &str) -> Result<String, String> {
        let using = if place.starts_with('/') { "xpath" } else { "css selector" };
        let body = json!({ "using": using, "value": place });
        let found = self.ask("POST", &format!("{}/element", self.session), &body)?;
        Ok(found[ELEMENT].as_str().unwrap().to_owned())
    }

    fn element_command(&self, method: &str, id: &str, name: &str, body: &Value) -> Result<Value, String> {
        self.ask(method, &format!("{}/element/{id}/{name}", self.session), body)
    }

    /// Finds it, and asks for something without a body.
    fn on(&self, place: &str, method: &str, name: &str) -> Result<Value, String> {
        self.element_command(method, &self.element(place)?, name, &json!({}))
    }

    /// Asks the driver; the `value` of its answer, or what is wrong.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let (status, mut answer) = exchange(&self.address, method, path, body).map_err(|e| e.to_string())?;
        let value = answer["value"].take();
        if status == 200 { Ok(value) } else { Err(value.to_string()) }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // So that Chromium is gone before its home is; the driver's end would end it, too, but later.
        if !self.session.is_empty() {
            let _ = self.ask("DELETE", &self.session, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Keeps a picture or a print for whoever wants to look at it: in `target/tmp/browser`.
pub fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

fn decoded(base64: &Value) -> Vec<u8> {
    STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

/// One request and its answer. The driver leaves connections open, so that the answer ends where its length says.
fn exchange(address: &str, method: &str, path: &str, body: &Value) -> io::Result<(u16, Value)> {
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(2 * PATIENCE))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((status, serde_json::from_slice(&body)?))
}

#[test]
fn a_browser_ends_with_its_test_even_if_that_fails() {
    let Some(browser) = Browser::open() else { return };
    let chromium = PathBuf::from(format!("/proc/{}", browser.process));
    assert!(chromium.exists());
    let failing = std::panic::AssertUnwindSafe(|| {
        let _browser = browser;
        panic!("as a test fails");
    });
    std::panic::catch_unwind(failing).unwrap_err();
    let until = Instant::now() + PATIENCE;
    while chromium.exists() {
        assert!(Instant::now() < until, "Chromium is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_page_in_a_file_can_be_read_looked_at_and_printed() {
    let Some(browser) = Browser::open() else { return };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("page.html");
    std::fs::write(&file, "<title>T</title><button onclick=\"this.textContent += '!'\">Go</button><input>")
        .unwrap();
    browser.go(&format!("file://{}", file.display()));
    browser.click("//button[.='Go']");
    assert_eq!(browser.text("button"), "Go!");
    browser.fill("input", "né");
    assert_eq!(browser.script("return document.querySelector('input').value"), "né");
    browser.resize(390, 800);
    assert_eq!(browser.script("return innerWidth"), 390);
    assert!(browser.shows("input") && !browser.shows("table"));
    let png = |bytes: Vec<u8>| bytes.starts_with(b"\x89PNG");
    assert!(png(browser.screenshot()) && png(browser.screenshot_whole()));
    assert!(browser.print().starts_with(b"%PDF-"));
}
