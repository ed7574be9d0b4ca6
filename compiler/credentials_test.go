package compiler

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
)

// The secrets of this test are made while it runs, so that none stands in a file.
const (
	hexadecimal = "0123456789abcdef"
	alphabet    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	base64Text  = alphabet + "+/"
)

type dice struct{ *rand.Rand }

func (d dice) text(n int, letters string) string {
	var b strings.Builder
	for range n {
		b.WriteByte(letters[d.IntN(len(letters))])
	}
	return b.String()
}

// issued are secrets that their issuers made to be recognised.
func (d dice) issued() []string {
	return []string{
		"AKIA" + d.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), "ghp_" + d.text(36, alphabet), "github_pat_" + d.text(22, alphabet) + "_" + d.text(59, alphabet),
		"glpat-" + d.text(20, alphabet), "hf_" + d.text(34, alphabet), "xoxb-" + d.text(12, "0123456789") + "-" + d.text(24, alphabet),
		"AIza" + d.text(35, alphabet), "sk-" + d.text(48, alphabet), "sk-proj-" + d.text(60, alphabet), "sk-ant-api03-" + d.text(90, alphabet), "sk_" + "live_" + d.text(24, alphabet),
		"npm_" + d.text(36, alphabet), "pypi-" + d.text(60, alphabet), "dapi" + d.text(32, hexadecimal), "hvs." + d.text(40, alphabet),
		"eyJ" + d.text(20, alphabet) + ".eyJ" + d.text(40, alphabet) + "." + d.text(43, alphabet),
		"SG." + d.text(22, alphabet) + "." + d.text(43, alphabet), "dop_v1_" + d.text(64, hexadecimal), "https://hooks.slack.com/services/T" + d.text(8, "ABCDEFGHJK234567") + "/B" + d.text(8, "ABCDEFGHJK234567") + "/" + d.text(24, alphabet),
		"r8_" + d.text(37, alphabet), "gsk_" + d.text(52, alphabet), "nvapi-" + d.text(64, alphabet), "dckr_pat_" + d.text(27, alphabet), "lin_api_" + d.text(40, alphabet),
	}
}

// values are secrets that only their names give away.
func (d dice) values() []string {
	return []string{d.text(40, base64Text), d.text(32, hexadecimal), d.text(24, alphabet), d.text(10, alphabet) + "9!x", d.text(43, base64Text) + "=", d.text(16, alphabet) + "7a"}
}

// sayings are where a secret with its name stands: a document with one of them.
func sayings(name, value string) []any {
	dashed := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	return []any{
		map[string]any{"envs": []any{map[string]any{"name": name, "value": value}}},
		map[string]any{"args": []any{"--" + dashed + "=" + value}},
		map[string]any{"args": []any{"--" + dashed, value}},
		map[string]any{"command": []any{"sh", "-c", "export " + name + "=" + value + " && python train.py"}},
		map[string]any{"files": map[string]any{"/etc/app.yaml": "model: churn\n" + strings.ToLower(name) + ": " + value + "\n"}},
		map[string]any{"files": map[string]any{"/etc/app.json": `{"` + strings.ToLower(name) + `": "` + value + `"}`}},
	}
}

func (d dice) secrets() []any {
	var all []any
	for range 3 {
		for _, s := range d.issued() {
			all = append(all, map[string]any{"envs": []any{map[string]any{"name": "SETTING", "value": s}}}, map[string]any{"args": []any{"run --with " + s}})
		}
	}
	for i, name := range []string{"DB_PASSWORD", "API_KEY", "AWS_SECRET_ACCESS_KEY", "AUTH_TOKEN", "WANDB_API_KEY", "CLIENT_SECRET"} {
		all = append(all, sayings(name, d.values()[i%6])...)
		all = append(all, sayings(name, d.values()[(i+3)%6])...)
	}
	for range 3 {
		key := d.text(20, alphabet) + "4b"
		for _, text := range []string{
			"postgres://churn:" + key + "@db.acme.example/churn", "redis://:" + key + "@cache:6379/0", "curl -H 'Authorization: Bearer " + key + "' https://api.acme.example",
			"curl -H \"X-Api-Key: " + key + "\" https://api.acme.example", "Server=db;Database=churn;User Id=churn;Password=" + key + ";", "https://api.acme.example/v1?api_key=" + key,
			"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=" + d.text(86, base64Text) + "==", "Endpoint=sb://acme.example/;SharedAccessKey=" + d.text(43, base64Text) + "=",
			"mongodb+srv://churn:" + key + "@cluster.acme.example", "login --token " + key,
		} {
			all = append(all, map[string]any{"args": []any{text}})
		}
	}
	return all
}

// innocents are texts that have to do with secrets, or look random, and are none.
func (d dice) innocents() []any {
	digest, commit := d.text(64, hexadecimal), d.text(40, hexadecimal)
	uuidText := fmt.Sprintf("%s-%s-%s-%s-%s", d.text(8, hexadecimal), d.text(4, hexadecimal), d.text(4, hexadecimal), d.text(4, hexadecimal), d.text(12, hexadecimal))
	texts := []string{
		"arn:aws:iam::123456789012:role/churn-train", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:churn-AbCdEf", "<|endoftext|>", "<|im_start|>", "<your-token>",
		"${HF_TOKEN}", "$(HF_TOKEN)", "$HF_TOKEN", "vault:secret/data/churn#token", "ref+awssecrets://churn/token", "op://ml/churn/token", "ENC[AES256_GCM,data:abc]",
		"ghcr.io/acme/sk-learn-serving:1.4", "sklearn/sk-base-estimator-transformers-v2:1.0", "ghcr.io/acme/churn@sha256:" + digest, "sha256:" + digest, commit, uuidText,
		"/run/secrets/token", "/var/run/secrets/kubernetes.io/serviceaccount/token", "--tokenizer=acme/churn-tokenizer-v2", "--max-new-tokens=4096", "--max-tokens 4096",
		"--secret-name=churn-secret-2", "--password-file=/run/secrets/password1", "--token-url=https://auth.acme.example/token2", "https://auth.acme.example/oauth2/token",
		"postgres://$(DB_USER):$(DB_PASSWORD)@db/churn", "postgres://churn@db/churn", "export HF_TOKEN=$(cat /run/secrets/hf)", "echo 'token: ' $TOKEN", "Authorization: Bearer $(TOKEN)",
		"curl -H 'Authorization: Bearer ${TOKEN}' https://api.acme.example", "s3://acme-ml/churn/2024-05-01/model.bin", "gs://acme/secret-santa/v1", "key=value", "partition_key=user_id_2024", "sort-key: created_at_2",
		"primary key of table users2", "hf.co/meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-70B-Instruct", "NCCL_IB_HCA=mlx5_0,mlx5_1", "--ssh-key-type=ed25519", "redis://cache:6379/0", "password=changeme123", "token=xxxxxxxxxxxxxxxx",
		"api_key=your-api-key-2", "secretKeyRef: churn-secret-2", "tokenizer_name: bert-base-uncased-2", "lr=1e-4 wd=0.01", "python -m churn.train --seed 42",
	}
	var all []any
	for _, text := range texts {
		all = append(all, map[string]any{"args": []any{text}}, map[string]any{"envs": []any{map[string]any{"name": "SETTING", "value": text}}}, map[string]any{"files": map[string]any{"/etc/a": "a: 1\n" + text + "\n"}})
	}
	for name, value := range map[string]string{
		"PASSWORD_FILE": "/run/secrets/p4ssword", "TOKENIZER": "acme/churn-tokenizer-v2", "MAX_TOKENS": "4096", "SECRET_NAME": "churn-secret-2", "TOKEN_URL": "https://auth.acme.example/t0ken",
		"API_KEY_ID": "7f3a9b2c8d1e4f60", "DB_PASSWORD": "vault:secret/data/db#p4ssword", "HF_TOKEN": "$(cat /run/t0ken)", "TOKEN_TTL": "3600s", "SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:1:secret:x1",
	} {
		all = append(all, map[string]any{"envs": []any{map[string]any{"name": name, "value": value}}})
	}
	return all
}

func found(t *testing.T, document any) bool {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := source.Load(&diag.File{Name: "a.json", Data: text}, source.Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	some := false
	secretsBelow(docs[0].Root, "", func(secretText) { some = true })
	return some
}

// TestCredentials prints the shares of both lists: of secrets that are caught, and of innocents that are refused.
func TestCredentials(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 2))}
	t.Run("by form", func(t *testing.T) { caughtAndRefused(t, d.secrets(), d.innocents()) })
	t.Run("by place", func(t *testing.T) { caughtAndRefused(t, d.moreSecrets(), d.moreInnocents()) })
}

func caughtAndRefused(t *testing.T, secrets, innocents []any) {
	caught, refused := 0, 0
	for _, s := range secrets {
		if found(t, s) {
			caught++
		} else {
			t.Logf("not caught: %v", s)
		}
	}
	for _, s := range innocents {
		if found(t, s) {
			refused++
			t.Logf("refused: %v", s)
		}
	}
	if len(secrets) < 150 || len(innocents) < 150 {
		t.Fatalf("%d secrets and %d innocents are too few", len(secrets), len(innocents))
	}
	share, wrong := 100*float64(caught)/float64(len(secrets)), 100*float64(refused)/float64(len(innocents))
	t.Logf("caught %d of %d secrets (%.1f %%), refused %d of %d innocents (%.1f %%)", caught, len(secrets), share, refused, len(innocents), wrong)
	if share < 97 || wrong > 1 {
		t.Error("that is not enough")
	}
}
