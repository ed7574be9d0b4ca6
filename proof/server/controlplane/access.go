package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// access is how to reach the server: a free loopback port, a token of the group system:masters, and the key that the
// server insists on for service accounts.
type access struct {
	port                      int
	token, tokenFile, keyFile string
}

func (a access) address() string { return fmt.Sprintf("https://127.0.0.1:%d", a.port) }

func newAccess(dir string) (access, error) {
	port, err := freePort()
	if err != nil {
		return access{}, err
	}
	a := access{
		port: port, token: rand.Text(),
		tokenFile: filepath.Join(dir, "tokens.csv"),
		keyFile:   filepath.Join(dir, "service-account.key"),
	}
	if err := os.WriteFile(a.tokenFile, []byte(a.token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return access{}, err
	}
	return a, writeKey(a.keyFile)
}

func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
