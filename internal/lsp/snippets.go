package lsp

import (
	"path/filepath"
	"regexp"
	"strings"

	"berth/internal/workspace"
	"berth/schema"
)

// snippet is a text with places to fill in: $1, ${2:example}.
type snippet struct {
	label, detail, body string
}

// runSnippets are offered in an empty file, in the syntax of LSP: ${1:text} is the first tab stop, with its example.
var runSnippets = []snippet{
	{"job", "a run that ends", "name: ${1:train}\naction: job\nimage: ${2:ghcr.io/acme/train:1.0}\ncommand: [${3:python, -m, train}]\nprofile: ${4:cpu-small}\n"},
	{"job with a schedule", "a run that starts by the clock", "name: ${1:nightly}\naction: job\nimage: ${2:ghcr.io/acme/train:1.0}\ncommand: [${3:python, -m, train}]\nprofile: ${4:cpu-small}\nschedule: \"${5:0 2 * * *}\"\ntime_zone: ${6:UTC}\n"},
	{"serve", "a run that stays and answers on ports", "name: ${1:api}\naction: serve\nimage: ${2:ghcr.io/acme/api:1.0}\nprofile: ${3:cpu-small}\nreplicas: ${4:2}\nservice_ports:\n  - port: ${5:8080}\nprobes:\n  readiness: {http: ${6:/healthz}, port: ${5:8080}}\n"},
	{"deploy", "a run that stays", "name: ${1:worker}\naction: deploy\nimage: ${2:ghcr.io/acme/worker:1.0}\nprofile: ${3:cpu-small}\nreplicas: ${4:1}\n"},
	{"run with kind", "a job in the form of Kubernetes' objects", "apiVersion: berth/v1\nkind: Run\nmetadata:\n  name: ${1:train}\nspec:\n  action: job\n  image: ${2:ghcr.io/acme/train:1.0}\n  profile: ${3:cpu-small}\n"},
}

// profileSnippets are offered for a file that is to hold a profile.
var profileSnippets = []snippet{
	{"profile", "one kind of machine", "apiVersion: berth/v1\nkind: Profile\nmetadata:\n  name: ${1:trainer}\nspec:\n  description: ${2:Machines for training}\n  default:\n    resources: {cpu: \"${3:4}\", mem: ${4:16Gi}}\n"},
	{"profile that extends", "a profile of the catalog with changes", "apiVersion: berth/v1\nkind: Profile\nmetadata:\n  name: ${1:trainer}\nspec:\n  extends: ${2:a100-80gb}\n"},
}

// projectSnippets are offered for berth.yaml.
var projectSnippets = []snippet{
	{"project", "where things are, and what holds for all runs", "apiVersion: berth/v1\nkind: Project\nmetadata:\n  name: ${1:ml}\nspec:\n  namespace: ${2:ml}\n  output: {path: manifests}\n"},
	{"project with environments", "the same runs for several clusters", "apiVersion: berth/v1\nkind: Project\nmetadata:\n  name: ${1:ml}\nspec:\n  output: {path: manifests}\n  environments:\n    dev:\n      namespace: ${2:ml-dev}\n    prod:\n      namespace: ${3:ml-prod}\n"},
}

// jsonSnippets are offered for runs in JSON, where the YAML of the others would be no JSON.
var jsonSnippets = []snippet{
	{"job", "a run that ends", "{\n  \"name\": \"${1:train}\",\n  \"action\": \"job\",\n  \"image\": \"${2:ghcr.io/acme/train:1.0}\",\n  \"profile\": \"${3:cpu-small}\"\n}\n"},
	{"serve", "a run that stays and answers on ports", "{\n  \"name\": \"${1:api}\",\n  \"action\": \"serve\",\n  \"image\": \"${2:ghcr.io/acme/api:1.0}\",\n  \"profile\": \"${3:cpu-small}\",\n  \"service_ports\": [{\"port\": ${4:8080}}]\n}\n"},
}

// volumeSnippets are whole volumes, for where the first field of one is written.
var volumeSnippets = []snippet{
	{"volume: new claim", "storage that Berth makes a claim for", "volume_type: persistent_volume_claim\nname: ${1:data}\nmount_path: ${2:/data}\nspec: {size: ${3:100Gi}}"},
	{"volume: existing claim", "storage that is there already", "volume_type: persistent_volume_claim\nname: ${1:data}\nmount_path: ${2:/data}\nspec: {claim_name: ${3:data}}"},
	{"volume: scratch", "an empty folder that goes with the pod", "volume_type: empty_dir\nname: ${1:scratch}\nmount_path: ${2:/scratch}\nspec: {size_limit: ${3:10Gi}}"},
	{"volume: config", "the files of a ConfigMap", "volume_type: config_map\nname: ${1:config}\nmount_path: ${2:/etc/app}\nspec: {name: ${3:app-config}}"},
	{"volume: secret", "the files of a Secret", "volume_type: secret\nname: ${1:keys}\nmount_path: ${2:/etc/keys}\nspec: {name: ${3:keys}}"},
}

// wholeDocument offers whole documents for a file that is empty.
func (o *offer) wholeDocument() {
	snippets := runSnippets
	switch {
	case strings.ToLower(filepath.Ext(o.v.path)) == ".json":
		snippets = jsonSnippets
	case o.role() == workspace.ProjectRole:
		snippets = projectSnippets
	case o.role() == workspace.ProfileRole:
		snippets = profileSnippets
	}
	o.all(snippets)
}

// partSnippets offers whole parts for where the first field of one is written.
func (o *offer) partSnippets(t *schema.Type) {
	if t == &schema.TypeVolume && len(o.at.node.Fields) == 1 && !o.at.json && !o.at.quoted {
		o.all(volumeSnippets)
	}
}

// all offers snippets, indented as far as the line they are put into. Editors without snippets get the text with its
// examples in the place of the tab stops.
func (o *offer) all(snippets []snippet) {
	for _, s := range snippets {
		item := completionItem{Label: s.label, Kind: snippetItem, Detail: s.detail, Format: 2}
		body := s.body
		if !o.snippets {
			item.Format, body = 1, plainBody(body)
		}
		body = strings.ReplaceAll(body, "\n", "\n"+strings.Repeat(" ", o.at.token.Start.Character))
		item.Documentation = &markup{"markdown", "```yaml\n" + plainBody(s.body) + "\n```"}
		item.TextEdit = &textEdit{o.at.token, body}
		item.FilterText = s.label
		o.items = append(o.items, item)
	}
}

// fillIn is a tab stop with its example.
var fillIn = regexp.MustCompile(`\$\{[0-9]+:([^}]*)\}`)

// plainBody is a snippet with its examples in the places to fill in.
func plainBody(body string) string { return fillIn.ReplaceAllString(body, "$1") }
