package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
)

// launcher starts the binary of the platform that it runs on.
//
//go:embed launcher.js
var launcher []byte

// manifest is a package.json.
type manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Description  string            `json:"description"`
	License      string            `json:"license"`
	OS           []string          `json:"os,omitempty"`
	CPU          []string          `json:"cpu,omitempty"`
	Bin          map[string]string `json:"bin,omitempty"`
	Optional     map[string]string `json:"optionalDependencies,omitempty"`
	PreferUnplug bool              `json:"preferUnplugged,omitempty"`
}

func (r release) manifest(name string) manifest {
	return manifest{Name: name, Version: r.version, Description: summary, License: "Apache-2.0"}
}

// platform is the name of the package with the binary of a platform.
func (r release) platform(t target) string { return r.name + "-" + t.nodeOS + "-" + t.nodeArch }

// npm writes the package with the binary of a platform.
func (r release) npm(t target, binary []byte) error {
	m := r.manifest(r.platform(t))
	m.OS, m.CPU, m.PreferUnplug = []string{t.nodeOS}, []string{t.nodeArch}, true
	return r.tarball(m, entry{"package/bin/" + t.program(), binary, true})
}

// chooser writes the package that users name: npm installs of the others the one for the platform.
func (r release) chooser(packed []target) error {
	m := r.manifest(r.name)
	m.Bin, m.Optional = map[string]string{"berth": "bin/berth.js"}, map[string]string{}
	for _, t := range packed {
		m.Optional[r.platform(t)] = r.version
	}
	return r.tarball(m, entry{"package/bin/berth.js", bytes.ReplaceAll(launcher, []byte("NAME"), []byte(r.name)), true})
}

func (r release) tarball(m manifest, file entry) error {
	described, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	w := tar.NewWriter(z)
	for _, e := range sorted([]entry{{"package/package.json", append(described, '\n'), false}, file}) {
		err := w.WriteHeader(&tar.Header{Name: e.name, Mode: e.mode(), Size: int64(len(e.text)), ModTime: epoch, Format: tar.FormatUSTAR})
		if err == nil {
			_, err = w.Write(e.text)
		}
		if err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, m.Name+"-"+m.Version+".tgz"), text.Bytes(), 0o666)
}
