package source

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// benchRun is a run of 0.75 KiB, the size that the project's speed is measured with.
const benchRun = `apiVersion: berth/v1
kind: Run
metadata: {name: churn-train, namespace: ml}
spec:
  action: job
  image: ghcr.io/acme/churn:1.4
  profile: a100-40gb
  schedule: "0 3 * * *"
  command: [python, -m, churn.train]
  args: ["--epochs", "30", "--lr", "0.001"]
  resources:
    cpu: {requests: "12", limits: "16"}
    mem: {requests: 64Gi}
    gpu: 1
  envs:
    - {name: LOG_LEVEL, value: info}
    - {name: DATA_DIR, value: /data}
    - {name: WORKERS, value: 8}
  secrets: [churn-db, {name: tracking, key: token, env: TRACKING_TOKEN}]
  volumes:
    - volume_type: persistent_volume_claim
      name: data
      mount_path: /data
      spec: {claim_name: churn-data}
    - {volume_type: empty_dir, name: scratch, mount_path: /scratch, spec: {size_limit: 20Gi}}
  backoff_limit: 3
  run_as_user: 1000
`

func BenchmarkYAML(b *testing.B) {
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			file, _ := FromBytes("run.yaml", []byte(benchRun))
			if docs, diags := Load(file, Options{Layer: RunSpec}); len(docs) != 1 || diags != nil {
				b.Fatal(report(diags, "run.yaml"))
			}
		}
	})
	b.Run("library alone", func(b *testing.B) {
		for b.Loop() {
			var node yaml.Node
			if err := yaml.NewDecoder(bytes.NewReader([]byte(benchRun))).Decode(&node); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	var value any
	if err := yaml.Unmarshal([]byte(benchRun), &value); err != nil {
		b.Fatal(err)
	}
	data, _ := json.Marshal(value)
	for b.Loop() {
		file, _ := FromBytes("run.json", data)
		if docs, diags := Load(file, Options{}); len(docs) != 1 || diags != nil {
			b.Fatal(report(diags, "run.json"))
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	evaluator := NewEvaluator(Limits{Workers: 1})
	defer evaluator.Close()
	for name, content := range map[string]string{
		"run.cue":     "name: \"churn\"\naction: \"job\"\nimage: \"ghcr.io/acme/churn:1.4\"\nresources: cpu: {requests: \"4\", limits: \"8\"}\nargs: [\"a\", \"b\"]\n",
		"run.jsonnet": "{ name: 'churn', action: 'job', image: 'ghcr.io/acme/churn:1.4', resources: { cpu: { requests: '4', limits: '8' } }, args: ['a', 'b'] }",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if docs, diags := load(b, name, content, Options{Evaluator: evaluator}); len(docs) != 1 {
					b.Fatal(report(diags, name))
				}
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	evaluator := NewEvaluator(Limits{Workers: 2})
	defer evaluator.Close()
	policy, _ := FromBytes("p.cue", []byte("spec: {image: =~\"^ghcr.io/acme/\", backoff_limit?: <=10, run_as_user?: >0}\nmetadata: namespace: \"ml\"\n"))
	var value any
	if err := yaml.Unmarshal([]byte(benchRun), &value); err != nil {
		b.Fatal(err)
	}
	run, _ := json.Marshal(value)
	runs := slices.Repeat([][]byte{run}, 1000)
	for b.Loop() {
		if verdicts, diags := evaluator.Judge(JudgeRequest{Policies: files(policy), Runs: runs}); verdicts != nil || diags != nil {
			b.Fatal(judgement(verdicts), report(diags, ""))
		}
	}
}
