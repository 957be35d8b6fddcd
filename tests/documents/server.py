"""Serves S3 on a free port of this machine, and writes the port to the file named."""
import os
import sys
import time

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
with open(sys.argv[1] + ".new", "w") as out:
    out.write(str(port))
os.rename(sys.argv[1] + ".new", sys.argv[1])
parent = os.getppid()
while os.getppid() == parent:
    time.sleep(0.5)
