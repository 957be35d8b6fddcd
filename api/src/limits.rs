//! What a server allows its clients: numbers, times and sizes, all configured.

/// Limits of the HTTP server.
#[derive(Debug, Clone, Copy)]
pub struct ApiLimits {
    /// Connections at a time; a further one waits in the listen queue.
    pub connections_max: usize,
    /// Requests at a time; a further one is answered 503.
    pub requests_in_flight_max: usize,
    /// Milliseconds a client may take for its request's head.
    pub header_timeout_ms: u64,
    /// Milliseconds a request's body may take to arrive, and as many until its answer begins; waiting for a
    /// certificate and documents aside.
    pub request_timeout_ms: u64,
    /// Most milliseconds a client may ask to wait for a certificate.
    pub wait_ms_max: u64,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            connections_max: 4096,
            requests_in_flight_max: 4096,
            header_timeout_ms: 5000,
            request_timeout_ms: 10_000,
            wait_ms_max: 60_000,
        }
    }
}
