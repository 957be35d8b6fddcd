"""Free ports for a node."""

import socket


def free_ports():
    """Two ports in a row and one more."""
    while True:
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            one.bind(("127.0.0.1", 0))
            base = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", base + 1))
            except OSError:
                continue
            three.bind(("127.0.0.1", 0))
            return base, three.getsockname()[1]
