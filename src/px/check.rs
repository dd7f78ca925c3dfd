//! A look at the way to Px, and whether a token is given: for `doctor`. Sends none of the four calls, and credentials to
//! nobody but the token service.

use super::client::Client;
use crate::order::Failure;
use crate::wire::{Clocks, Server};
use std::time::Duration;

/// How long the fetching of a token may take.
const LIMIT: Duration = Duration::from_secs(10);

impl Client {
    /// The token service's server and Px's; one when they are the same.
    pub fn servers(&self) -> Vec<Server> {
        let server = |url| Server::new(&self.http, url);
        let (token, px) = (server(&self.endpoints.token), server(&self.endpoints.complete_order));
        if token.is(&px) { vec![px] } else { vec![token, px] }
    }

    /// Asks for the head of the server's root. Whatever the answer, it came over a connection that may be trusted.
    ///
    /// # Errors
    /// In words: why there is no such connection, or no answer on it.
    pub async fn greet(&self, server: &Server) -> Result<Clocks, String> {
        server.greet(&self.http).await
    }

    /// Has a token fetched. How long the service says that it lives, if it says so.
    ///
    /// # Errors
    /// As a call without a token fails.
    pub async fn check_token(&self) -> Result<Option<Duration>, Failure> {
        self.tokens.get(self.http.shared().await?, Duration::ZERO, LIMIT).await?;
        Ok(self.tokens.told_life().await)
    }
}
