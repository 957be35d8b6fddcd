//! Who signs a record on this machine, for which chain, and the node that is asked about it: options of every command that does.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::path::PathBuf;

use anyhow::ensure;
use biaozheng_client::key_file::read as read_secret;
use biaozheng_client::{Author, Client};
use biaozheng_ledger::ids::{ChainId, OrgId};
use biaozheng_ledger::key::SecretKey;
use clap::Args;

use crate::record::certificate::chain_of;

/// Who a command's help says the signer is.
pub(crate) trait Role: Debug + Clone + Send + Sync + 'static {
    const KEY: &'static str;
    const ORG: &'static str;
}

/// Whoever makes the record.
#[derive(Debug, Clone)]
pub(crate) struct Maker;

impl Role for Maker {
    const KEY: &'static str = "The author's secret key file";
    const ORG: &'static str = "The author's number";
}

#[derive(Debug, Clone)]
pub(crate) struct Centre;

impl Role for Centre {
    const KEY: &'static str = "The centre's secret key file";
    const ORG: &'static str = "The centre's number";
}

#[derive(Debug, Clone)]
pub(crate) struct CityCentre;

impl Role for CityCentre {
    const KEY: &'static str = "The city centre's secret key file";
    const ORG: &'static str = "The city centre's number";
}

#[derive(Debug, Args)]
pub(crate) struct Signer<R: Role> {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// The chain you expect: its id, or the file chain-id.txt
    #[arg(long, value_name = "ID|FILE")]
    chain: String,
    #[arg(long, value_name = "FILE", help = R::KEY)]
    key: PathBuf,
    #[arg(long, value_name = "ORG", help = R::ORG)]
    pub(crate) org: OrgId,
    #[arg(skip)]
    role: PhantomData<R>,
}

impl<R: Role> Signer<R> {
    pub(crate) fn chain(&self) -> anyhow::Result<ChainId> {
        chain_of(&self.chain)
    }

    pub(crate) fn key(&self) -> anyhow::Result<SecretKey> {
        Ok(read_secret(&self.key)?)
    }

    /// Signs alone, for this chain.
    pub(crate) fn author(&self, chain: ChainId) -> anyhow::Result<Author> {
        Ok(Author::new(self.org.clone(), self.key()?, chain))
    }

    /// A client of the node, which is of the chain that was expected.
    pub(crate) async fn node(&self) -> anyhow::Result<(Client, ChainId)> {
        let (client, chain) = (Client::new(&self.api)?, self.chain()?);
        let found = client.genesis().await?.chain_id();
        ensure!(found == chain, "the node is of chain {found}, not {chain} 链标识不符");
        Ok((client, chain))
    }
}
