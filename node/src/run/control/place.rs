//! A name for the control socket that fits: the kernel takes 107 bytes, and homes may be longer.
//!
//! A longer path is reached through the open folder, `/proc/self/fd/N/control.sock`: the same file, a short name.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Longest path of a Unix socket, bytes (`sun_path` holds 108 with the zero at its end; unix(7)).
const PATH_BYTES_MAX: usize = 107;

/// The name under which a socket can be bound or connected to, for as long as this lives.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    _folder: Option<File>,
}

impl Place {
    /// # Errors
    /// When the folder cannot be opened.
    pub(super) fn of(socket: &Path) -> io::Result<Self> {
        let (Some(folder), Some(name)) = (socket.parent(), socket.file_name()) else {
            return Ok(Self { path: socket.to_owned(), _folder: None });
        };
        if socket.as_os_str().as_bytes().len() <= PATH_BYTES_MAX {
            return Ok(Self { path: socket.to_owned(), _folder: None });
        }
        let open = File::open(folder)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd())).join(name);
        Ok(Self { path, _folder: Some(open) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;

    #[test]
    fn a_socket_is_bound_and_found_however_long_its_path() {
        let scratch = tempfile::tempdir().unwrap();
        for length in [1, 60, 107, 200] {
            let folder = scratch.path().join("l".repeat(length)).join("home");
            std::fs::create_dir_all(&folder).unwrap();
            let socket = folder.join("control.sock");
            let listener = UnixListener::bind(Place::of(&socket).unwrap().path()).unwrap();
            assert!(socket.exists(), "it lies in its folder");
            UnixStream::connect(Place::of(&socket).unwrap().path()).unwrap();
            drop(listener);
        }
        assert!(UnixListener::bind(scratch.path().join("l".repeat(107)).join("home/b.sock")).is_err());
    }
}
