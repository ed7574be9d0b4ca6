package cli

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// hosts are the files for the repository that a new project lies in.
//
//go:embed hosts
var hosts embed.FS

// attributes tell Git and forges what Berth writes.
const attributes = "manifests/** text eol=lf linguist-generated\n"

// beside are the files that a new project gets in its own folder and in its repository, by their paths: none but the
// attributes without a repository. What is there already stays as it is, and is named.
func (a *app) beside(dir string) (written, kept []string, err error) {
	wanted := map[string][]byte{filepath.Join(dir, ".gitattributes"): []byte(attributes)}
	if top := repositoryOf(dir); top != "" {
		folder, relErr := filepath.Rel(top, dir)
		if relErr != nil {
			return nil, nil, relErr
		}
		for name, template := range hostFiles(top) {
			text, readErr := fs.ReadFile(hosts, path.Join("hosts", template))
			if readErr != nil {
				return nil, nil, readErr
			}
			wanted[filepath.Join(top, filepath.FromSlash(name))] = inFolder(text, filepath.ToSlash(folder))
		}
	}
	for _, at := range sortedPaths(wanted) {
		switch err := writeNew(at, wanted[at]); {
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, a.display(at))
		case err != nil:
			return written, kept, err
		default:
			written = append(written, a.display(at))
		}
	}
	return written, kept, nil
}

// inFolder is a file whose commands run in the project's folder.
func inFolder(text []byte, folder string) []byte {
	if folder == "." {
		return text
	}
	for _, command := range []string{"check", "diff"} {
		text = bytes.ReplaceAll(text, []byte("berth "+command+" "), []byte("berth -C "+folder+" "+command+" "))
		text = bytes.ReplaceAll(text, []byte("entry: berth "+command), []byte("entry: berth -C "+folder+" "+command))
		text = bytes.ReplaceAll(text, []byte("- berth "+command+"\n"), []byte("- berth -C "+folder+" "+command+"\n"))
	}
	return text
}

// hostFiles are the files for the host of a repository: its place in the repository, and its template.
func hostFiles(top string) map[string]string {
	all := map[string]string{".pre-commit-config.yaml": "pre-commit.yaml"}
	switch hostOf(top) {
	case "github":
		all[".github/workflows/berth.yaml"] = "github.yaml"
	case "gitlab":
		all[".gitlab-ci.yml"] = "gitlab.yaml"
	}
	return all
}

// hostOf tells where a repository is kept by what lies in it, and else by where its remotes are; empty where neither says.
func hostOf(top string) string {
	for _, sign := range []struct{ path, host string }{{".github", "github"}, {".gitlab-ci.yml", "gitlab"}, {".gitlab", "gitlab"}} {
		if _, err := os.Lstat(filepath.Join(top, sign.path)); err == nil {
			return sign.host
		}
	}
	config, err := os.ReadFile(filepath.Join(top, ".git", "config")) // a file in a linked work tree, which then says nothing
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(config)) {
		key, value, _ := strings.Cut(line, "=")
		for _, host := range []string{"github", "gitlab"} {
			if strings.TrimSpace(key) == "url" && strings.Contains(value, host) {
				return host
			}
		}
	}
	return ""
}

// repositoryOf is the root of the repository that a folder lies in, empty for none.
func repositoryOf(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}
