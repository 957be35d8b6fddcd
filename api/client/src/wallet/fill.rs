//! Filling a wallet: asks for what is missing, sends again what waits, and takes what a quorum has signed.

use std::time::Duration;

use tokio::time::Instant;

use super::{Waiting, Wallet};
use crate::error::ClientError;
use crate::sealing::{LOOK_AGAIN, POINTS_MAX, SealingError, TokenEpoch, longer};
use crate::{Author, Client, Patience, Wait, author};

impl Client {
    /// Asks by name until the wallet has asked for `count` tokens of this epoch, spent ones counted, and waits for them.
    /// Broken off at any point it is taken up where it was: the same call asks for nothing twice.
    ///
    /// `progress` hears how many points still wait.
    ///
    /// # Errors
    /// [`SealingError::Unsigned`] when time is up: call again. A request that the chain refuses is noted as refused.
    pub async fn fill_wallet(
        &self,
        wallet: &mut Wallet,
        epoch: &TokenEpoch,
        author: &Author,
        count: usize,
        total: Duration,
        progress: &mut dyn FnMut(usize),
    ) -> Result<(), SealingError> {
        let begun = Instant::now();
        self.collect_tokens(wallet, total, progress).await?;
        loop {
            let missing = count.saturating_sub(wallet.asked(epoch.number()));
            if missing == 0 {
                return Ok(());
            }
            wallet.draw(epoch, author, missing.min(POINTS_MAX))?;
            self.collect_tokens(wallet, total.saturating_sub(begun.elapsed()), progress).await?;
        }
    }

    /// Brings the wallet's waiting requests to their end. Asks for nothing new.
    ///
    /// # Errors
    /// As [`Client::fill_wallet`].
    pub async fn collect_tokens(
        &self,
        wallet: &mut Wallet,
        total: Duration,
        progress: &mut dyn FnMut(usize),
    ) -> Result<(), SealingError> {
        let begun = Instant::now();
        for one in wallet.waiting() {
            let left = |wallet: &Wallet| {
                let waiting = wallet.waiting().into_iter().filter(|one| !one.refused);
                waiting.map(|one| one.points).sum::<usize>()
            };
            progress(left(wallet));
            // It may have come in before a crash, or through another node after a refusal: then nothing is sent.
            let over = one.valid_until <= author::clock();
            if self.take_signed(wallet, &one).await? || one.refused || over {
                continue;
            }
            let patience = Patience { total: total.saturating_sub(begun.elapsed()), ..Patience::default() };
            match self.submit_until(&one.record, Wait::Committed, patience).await {
                Ok(done) if done.reached(Wait::Committed) => {}
                Ok(_) => return Err(SealingError::Unsigned),
                Err(error @ ClientError::Problem(_)) if !error.is_temporary() => {
                    wallet.refuse(&one.record.id())?;
                    return Err(error.into());
                }
                Err(error) => return Err(error.into()),
            }
            let mut pause = LOOK_AGAIN;
            while !self.take_signed(wallet, &one).await? {
                if begun.elapsed() > total {
                    return Err(SealingError::Unsigned);
                }
                progress(left(wallet));
                tokio::time::sleep(pause).await;
                pause = longer(pause);
            }
        }
        progress(0);
        Ok(())
    }

    /// Takes a request's tokens if a quorum has signed them.
    async fn take_signed(&self, wallet: &mut Wallet, one: &Waiting) -> Result<bool, SealingError> {
        let id = one.record.id();
        let members = match self.blind_signatures(&id, one.points).await {
            Err(ClientError::Problem(problem)) if problem.status == 404 => return Ok(false),
            answered => answered?,
        };
        if members.len() < one.quorum {
            return Ok(false);
        }
        wallet.complete(&id, &members)?;
        Ok(true)
    }
}
