//! The developer's provider: nothing leaves; the outbox shows what would have been sent.

use super::{Outgoing, Provider, ProviderFault, Taken};
use crate::notice::BoxFuture;

/// Takes every message and sends none.
#[derive(Clone, Copy, Debug)]
pub struct Log;

impl Provider for Log {
    fn name(&self) -> &str {
        "log"
    }

    fn send<'a>(&'a self, message: &'a Outgoing<'a>) -> BoxFuture<'a, Result<Taken, ProviderFault>> {
        tracing::debug!(reference = message.reference, "a message stays in the house");
        Box::pin(std::future::ready(Ok(Taken::default())))
    }
}
