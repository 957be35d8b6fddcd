//! Framing of the messages of one substream: length u32be, then borsh. The length is checked before memory is
//! taken, and the number of a request's messages before any is decoded: the smallest is a single byte.

use std::io;

use async_trait::async_trait;
use borsh::BorshSerialize;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::request_response;

use super::message::{Message, Reply};
use super::outbox::MESSAGES_MAX;

/// Name of the protocol on the wire.
pub(super) const PROTOCOL: StreamProtocol = StreamProtocol::new("/biaozheng/gossip/3");

/// Reads and writes messages up to a limit.
#[derive(Debug, Clone)]
pub(super) struct Codec {
    pub(super) message_bytes_max: usize,
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

async fn read<R: AsyncRead + Unpin>(reader: &mut R, bytes_max: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    reader.read_exact(&mut length).await?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
    if length > bytes_max {
        return Err(invalid("a peer's message is larger than allowed"));
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// A request. Borsh begins a list with its count, u32le.
fn request_of(bytes: &[u8]) -> io::Result<Vec<Message>> {
    let count = bytes.first_chunk().map_or(0, |count| u32::from_le_bytes(*count));
    if usize::try_from(count).map_or(true, |count| count > MESSAGES_MAX) {
        return Err(invalid("a peer's request has more messages than allowed"));
    }
    borsh::from_slice(bytes)
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
        request_of(&read(io, self.message_bytes_max).await?)
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Reply>
    where
        T: AsyncRead + Unpin + Send,
    {
        borsh::from_slice(&read(io, self.message_bytes_max).await?)
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

#[cfg(test)]
mod tests {
    use libp2p::request_response::Codec as _;

    use super::*;

    fn read_back(messages: &[Message]) -> io::Result<Vec<Message>> {
        let bytes = borsh::to_vec(messages)?;
        let mut framed = u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
        framed.extend(bytes);
        let mut codec = Codec { message_bytes_max: 4 * 1024 * 1024 };
        futures::executor::block_on(codec.read_request(&PROTOCOL, &mut framed.as_slice()))
    }

    #[test]
    fn a_request_of_more_messages_than_an_outbox_sends_is_refused() {
        let most = vec![Message::WantCheckpoint; MESSAGES_MAX];
        assert_eq!(read_back(&most).unwrap(), most);
        let more = read_back(&vec![Message::WantCheckpoint; MESSAGES_MAX + 1]).unwrap_err();
        assert!(more.to_string().contains("more messages"), "{more}");
        let flood = read_back(&vec![Message::WantCheckpoint; 4_000_000]).unwrap_err();
        assert_eq!(flood.kind(), io::ErrorKind::InvalidData);
        assert!(request_of(&[1, 0]).is_err(), "cut off");
        assert_eq!(read_back(&[]).unwrap(), []);
    }
}
