//! An exchange over a kept connection.

use super::failure::Failure;
use super::reason::reason;
use super::received::{Lack, Received, read};
use super::url::host;
use std::time::Duration;

/// Sends `request` over a kept connection and reads the whole reply of `longest` bytes at most, all of it within
/// `limit`. For what may be repeated: how much of it was written is not counted.
///
/// # Errors
/// [`Failure::NotSent`] when no connection came about; [`Failure::Unknown`] for everything after that.
pub async fn exchange(
    client: &reqwest::Client,
    mut request: reqwest::Request,
    limit: Duration,
    longest: usize,
) -> Result<Received, Failure> {
    let host = host(request.url());
    *request.timeout_mut() = Some(limit);
    let lack = match client.execute(request).await {
        Ok(response) => match read(response, longest).await {
            Ok(received) => return Ok(received),
            Err(lack) => lack,
        },
        Err(error) if error.is_builder() => {
            return Err(Failure::NotSent(format!(
                "the request to {host} could not be made: {}",
                reason(&error)
            )));
        }
        Err(error) if error.is_connect() => {
            let why = if error.is_timeout() { "it took too long".to_owned() } else { reason(&error) };
            return Err(Failure::NotSent(format!("no connection to {host}: {why}")));
        }
        Err(error) => Lack::of(error),
    };
    Err(Failure::Unknown(lack.words(&host, limit, "")))
}
