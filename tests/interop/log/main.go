// Go's checksum database client judges the public log: its note verifier opens the checkpoint, its
// TileHashReader authenticates every tile against the signed root, and its proofs hold for served entries.
//
// Usage: main <address> <log key text>
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type server struct {
	address string
	damage  bool
	fetched int
}

func (s *server) get(path string) []byte {
	answer, err := http.Get(s.address + "/" + path)
	check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<25))
	check(err)
	require(answer.StatusCode == 200, "%s: status %d", path, answer.StatusCode)
	return body
}

func (s *server) Height() int { return 8 }

// Go writes the height into a tile's path, C2SP leaves it out.
func (s *server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data := s.get(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		s.fetched++
		if s.damage && tile.L == 0 {
			data[len(data)-1] ^= 1
		}
		all = append(all, data)
	}
	return all, nil
}

func (s *server) SaveTiles([]tlog.Tile, [][]byte) {}

func (s *server) entry(index, size int64) []byte {
	tile := tlog.Tile{H: 8, L: 0, N: index / 256, W: 256}
	if (tile.N+1)*256 > size {
		tile.W = int(size - tile.N*256)
	}
	bundle := s.get(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
	for n := index % 256; ; n-- {
		length := binary.BigEndian.Uint16(bundle)
		if n == 0 {
			return bundle[2 : 2+length]
		}
		bundle = bundle[2+length:]
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func require(holds bool, format string, values ...interface{}) {
	if !holds {
		check(fmt.Errorf(format, values...))
	}
}

func main() {
	require(len(os.Args) == 3, "usage: main <address> <log key>")
	s := &server{address: os.Args[1]}
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	signed := s.get("checkpoint")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	require(len(opened.Sigs) == 1, "%d signatures by the log key", len(opened.Sigs))
	size, err := strconv.ParseInt(strings.Split(opened.Text, "\n")[1], 10, 64)
	check(err)
	other := bytes.Replace(signed, []byte(fmt.Sprintf("\n%d\n", size)), []byte(fmt.Sprintf("\n%d\n", size+1)), 1)
	require(!bytes.Equal(other, signed), "the checkpoint does not name its size")
	_, err = note.Open(other, note.VerifierList(verifier))
	var unverified *note.InvalidSignatureError
	require(errors.As(err, &unverified), "a changed checkpoint opens: %v", err)

	lines := strings.Split(opened.Text, "\n")
	require(len(lines) == 4 && lines[3] == "", "checkpoint text %q", opened.Text)
	require(lines[0] == verifier.Name(), "origin %q", lines[0])
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)

	reader := tlog.TileHashReader(tree, s)
	hash, err := tlog.TreeHash(size, reader)
	check(err)
	require(hash == tree.Hash, "the tiles give another root")
	checked := 0
	for _, index := range []int64{0, 1, 255, 256, 257, 40000, 65535, 65536, 69887, 69888, size - 1} {
		if index >= size {
			continue
		}
		proof, err := tlog.ProveRecord(size, index, reader)
		check(err)
		leaf := tlog.RecordHash(s.entry(index, size))
		check(tlog.CheckRecord(proof, size, tree.Hash, index, leaf))
		require(tlog.CheckRecord(proof, size, tree.Hash, index, tlog.RecordHash([]byte("x"))) != nil, "another entry is accepted")
		checked++
	}
	for _, old := range []int64{1, 2, 255, 256, 300, 65535, 65536, 65793, size} {
		if old > size {
			continue
		}
		oldHash, err := tlog.TreeHash(old, reader)
		check(err)
		proof, err := tlog.ProveTree(size, old, reader)
		check(err)
		check(tlog.CheckTree(proof, size, tree.Hash, old, oldHash))
		checked++
	}
	_, err = tlog.ProveRecord(size, 5, tlog.TileHashReader(tree, &server{address: s.address, damage: true}))
	require(err != nil, "a damaged tile is accepted")
	fmt.Printf("golang.org/x/mod/sumdb: checkpoint of %d leaves, %d proofs, %d tiles authenticated\n", size, checked, s.fetched)
}
