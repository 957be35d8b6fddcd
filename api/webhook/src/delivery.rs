//! One attempt to hand an event over.
//!
//! No redirect is followed, no proxy of the environment used, and nothing of the answer is read but its status.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};

use crate::address::Resolver;
use crate::hook::StartError;
use crate::settings::HookSettings;
use crate::signature::Secret;

/// What the receiver made of it.
#[derive(Debug)]
pub(crate) enum Answer {
    Taken,
    /// It wants nothing more of this hook: 410, as Standard Webhooks has it.
    Gone,
    Failed {
        reason: String,
        again_after: Option<Duration>,
    },
}

/// A hook's receiver.
#[derive(Debug)]
pub(crate) struct Receiver {
    client: Client,
    url: Url,
    secret: Secret,
}

impl Receiver {
    pub(crate) fn new(settings: &HookSettings) -> Result<Self, StartError> {
        let timeout = Duration::from_millis(settings.timeout_ms);
        let client = Client::builder()
            .https_only(!settings.allow_http)
            .timeout(timeout)
            .connect_timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(Resolver { private_addresses: settings.private_addresses }))
            .pool_max_idle_per_host(1)
            .user_agent(concat!("biaozheng/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| StartError::Client(error.to_string()))?;
        Ok(Self { client, url: settings.address()?, secret: Secret::read(&settings.secret_file)? })
    }

    /// Sends a body once, signed with the time of this attempt.
    pub(crate) async fn send(&self, id: &str, body: &str) -> Answer {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let sent = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", self.secret.sign(id, now, body))
            .body(body.to_owned())
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => Answer::Taken,
            Ok(answer) if answer.status() == StatusCode::GONE => Answer::Gone,
            Ok(answer) => Answer::Failed {
                reason: format!("answered {}", answer.status()),
                again_after: answer
                    .headers()
                    .get(RETRY_AFTER)
                    .and_then(|value| value.to_str().ok()?.parse().ok())
                    .map(Duration::from_secs),
            },
            // The address may hold a token of the receiver's and is not for the log.
            Err(error) => Answer::Failed { reason: chain(&error.without_url()), again_after: None },
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
