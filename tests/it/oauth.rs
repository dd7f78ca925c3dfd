//! Tokens from an OAuth server that no one here wrote: npm's `oauth2-mock-server`.

use crate::kit::{Home, order, skip};
use crate::other::Other;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Where it is installed by: `npm install --prefix target/tmp/oauth2-mock-server oauth2-mock-server@8`.
fn script() -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("oauth2-mock-server/node_modules");
    place.join("oauth2-mock-server/dist/oauth2-mock-server.mjs")
}

/// The server, in a process of its own; killed when dropped.
struct OAuth {
    child: Child,
    base: String,
}

impl OAuth {
    /// None where it, or Node.js, is not installed.
    fn serve() -> Option<Self> {
        let script = script();
        let node = Command::new("node").arg("--version").output().is_ok_and(|ran| ran.status.success());
        if !script.is_file() || !node {
            skip(
                "oauth2-mock-server (npm install --prefix target/tmp/oauth2-mock-server oauth2-mock-server@8)",
            );
            return None;
        }
        let mut child = Command::new("node")
            .arg(script)
            .args(["-a", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let base = lines.find_map(|line| Some(line.split_once("listening on ")?.1.to_owned())).unwrap();
        Some(Self { child, base })
    }
}

impl Drop for OAuth {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_whole_walk_with_tokens_of_a_foreign_server() {
    let Some(oauth) = OAuth::serve() else { return };
    let px = Other::serve();
    let home = Home::at(&px.base);
    home.reconfigure(&format!("{}/oauth/v2/token", px.base), &format!("{}/token", oauth.base));
    let id = home.open(&order("1"));
    home.walk(&id).with(0);
    assert_eq!(home.show(&id)["state"], json!("completed"));
    assert_eq!(px.tokens(), 0, "none of its own");
    let shown = px.shown();
    assert_eq!(shown.len(), 2);
    // The server's tokens are JWTs: three parts.
    let token = shown[0].strip_prefix("Bearer ").unwrap();
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert_eq!(shown[0], shown[1], "one token for the walk, as it was issued");
}
