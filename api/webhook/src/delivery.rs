//! One attempt to hand an event over.
//!
//! No redirect is followed, no proxy of the environment used, and nothing of the answer is read but its status.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use biaozheng_connect::Trust;
use reqwest::header::CONTENT_TYPE;
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
        /// It says that it will never take these very bytes.
        for_good: bool,
    },
}

/// What a receiver answers to an event it will not take however often it comes. What speaks of the address, the secret
/// or the moment (401, 403, 404, 405, 408, 425, 429 and the like) would be answered to every event and is waited out.
const FOR_GOOD: [StatusCode; 5] = [
    StatusCode::BAD_REQUEST,
    StatusCode::CONFLICT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
];

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
        let url = settings.address()?;
        let client = Trust::shared()
            .client_for(&url)
            .https_only(!settings.allow_http)
            .timeout(timeout)
            .connect_timeout(timeout)
            .dns_resolver(std::sync::Arc::new(Resolver { private_addresses: settings.private_addresses }))
            .pool_max_idle_per_host(1)
            .user_agent(concat!("biaozheng/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| StartError::Client(error.to_string()))?;
        Ok(Self { client, url, secret: Secret::read(&settings.secret_file)? })
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
                reason: biaozheng_connect::redirect_to_host(&answer)
                    .unwrap_or_else(|| format!("answered {}", answer.status())),
                again_after: biaozheng_connect::retry_after(answer.headers(), SystemTime::now()),
                for_good: FOR_GOOD.contains(&answer.status()),
            },
            // The address may hold a token of the receiver's and is not for the log.
            Err(error) => Answer::Failed {
                reason: biaozheng_connect::reason(&error.without_url()),
                again_after: None,
                for_good: false,
            },
        }
    }
}
