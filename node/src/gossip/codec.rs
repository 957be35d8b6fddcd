//! Framing of the messages of one substream: length u32be, then borsh. The length is checked before memory is
//! taken.

use std::io;

use async_trait::async_trait;
use borsh::{BorshDeserialize, BorshSerialize};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::request_response;

use super::message::{Message, Reply};

/// Name of the protocol on the wire.
pub(super) const PROTOCOL: StreamProtocol = StreamProtocol::new("/biaozheng/gossip/2");

/// Reads and writes messages up to a limit.
#[derive(Debug, Clone)]
pub(super) struct Codec {
    pub(super) message_bytes_max: usize,
}

async fn read<T: BorshDeserialize, R: AsyncRead + Unpin>(reader: &mut R, bytes_max: usize) -> io::Result<T> {
    let mut length = [0; 4];
    reader.read_exact(&mut length).await?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
    if length > bytes_max {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a peer's message is larger than allowed"));
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).await?;
    borsh::from_slice(&bytes)
}

async fn write<T: BorshSerialize, W: AsyncWrite + Unpin>(writer: &mut W, value: &T) -> io::Result<()> {
    let bytes = borsh::to_vec(value)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    writer.write_all(&length.to_be_bytes()).await?;
    writer.write_all(&bytes).await?;
    writer.close().await
}

#[async_trait]
impl request_response::Codec for Codec {
    type Protocol = StreamProtocol;
    type Request = Vec<Message>;
    type Response = Reply;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Vec<Message>>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io, self.message_bytes_max).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Reply>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io, self.message_bytes_max).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        request: Vec<Message>,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &request).await
    }

    async fn write_response<T>(&mut self, _: &StreamProtocol, io: &mut T, reply: Reply) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, &reply).await
    }
}
