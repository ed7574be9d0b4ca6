package source

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"berth/internal/diag"
)

const endless = `local fib(n) = if n < 2 then n else fib(n - 1) + fib(n - 2); fib(60)`

// TestReplacement makes sure that a child that was killed is replaced, and that none is left.
func TestReplacement(t *testing.T) {
	e := NewEvaluator(Limits{Workers: 1, Deadline: 2 * time.Second})
	var gone []*child
	for _, content := range []string{"{a: 1}", endless, "{a: 1}", "{a: 1}", endless, "{a: 1}"} {
		docs, diags := load(t, "a.jsonnet", content, Options{Evaluator: e})
		if want := content != endless; (len(docs) == 1) != want || (diags == nil) != want {
			t.Fatalf("%s: %d documents, %s", content, len(docs), report(diags, "a.jsonnet"))
		}
		c := <-e.free
		if content == endless && c != nil {
			t.Error("a child outlived its deadline")
		}
		if c != nil {
			gone = append(gone, c)
		}
		e.free <- c
	}
	if gone[1] != gone[2] {
		t.Error("a child was replaced without need")
	}
	e.Close()
	for _, c := range gone {
		if c.cmd.ProcessState == nil {
			t.Error("a child is left")
		}
	}
	if _, diags := load(t, "a.jsonnet", "{}", Options{Evaluator: e}); report(diags, "a.jsonnet") == "" {
		t.Error("a closed evaluator answered")
	}
	e.Close() // again, which does nothing
}

// TestConcurrency has many goroutines share a few children and get their own answers.
func TestConcurrency(t *testing.T) {
	e := NewEvaluator(Limits{Workers: 2})
	defer e.Close()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			name, content := "a.cue", fmt.Sprintf("name: \"run-%d\"\n", i)
			if i%2 == 0 {
				name, content = "a.jsonnet", fmt.Sprintf("{ name: 'run-' + %d }", i)
			}
			docs, diags := load(t, name, content, Options{Evaluator: e})
			if len(docs) != 1 || docs[0].Root.Get("name").Text != fmt.Sprintf("run-%d", i) {
				t.Errorf("%s: %s%s", content, outline(docs), report(diags, name))
			}
		})
	}
	all.Wait()
}

func TestWithoutEvaluator(t *testing.T) {
	_, diags := load(t, "a.cue", "a: 1", Options{})
	if have := report(diags, "a.cue"); !strings.Contains(have, "not evaluated here") {
		t.Errorf("have %q", have)
	}
}

func TestJudge(t *testing.T) {
	e := NewEvaluator(Limits{Workers: 2})
	defer e.Close()
	run := `{"apiVersion":"berth/v1","kind":"Run","metadata":{"name":"churn","namespace":"ml","labels":{"acme.example/team":"7"}},"spec":{"action":"serve",
		"image":"docker.io/x:latest","service_type":"LoadBalancer","replicas":12,"security":"baseline",
		"resources":{"gpu":{"requests":3}},"envs":[{"name":"A","value":"b"},{"name":"B","value":"c"}]}}`
	tests := []struct{ policy, want string }{
		{"spec: image: =~\"^docker.io/\"\n", ""},
		{"spec: service_type?: \"ClusterIP\"\n", "conflict spec.service_type 1:22-1:33 `\"ClusterIP\"`"},
		{"spec: volumes?: [...{volume_type: !=\"host_path\"}]\n", ""},
		{"spec: image: =~\"^ghcr.io/acme/\"\n", "conflict spec.image 1:14-1:32 `=~\"^ghcr.io/acme/\"`"},
		{"spec: image: =~\"x\" & !~\":latest$\"\n", "conflict spec.image 1:22-1:34 `!~\":latest$\"`"},
		{"spec: image: =~\"^ghcr\" & !~\":latest$\"\n", "conflict spec.image 1:14-1:38 `=~\"^ghcr\" & !~\":latest$\"`"},
		{"spec: image: =~\"^ghcr.io/\" | error(\"use our registry\")\n", "conflict spec.image 1:14-1:55 `=~\"^ghcr.io/\" | error(\"use our registry\")` use our registry"},
		{"metadata: namespace: \"ml-dev\" | \"prod\"\n", "conflict metadata.namespace 1:22-1:39 `\"ml-dev\" | \"prod\"`"},
		{"spec: replicas: *1 | <=8\n", "conflict spec.replicas 1:17-1:25 `*1 | <=8`"},
		{"spec: replicas: int & <=8\n", "conflict spec.replicas 1:23-1:26 `<=8`"},
		{"spec: replicas: string\n", "conflict spec.replicas 1:17-1:23 `string`"},
		{"spec: resources: [string]: requests: <=2\n", "conflict spec.resources.gpu.requests 1:38-1:41 `<=2`"},
		{"spec: resources: gpu: requests: 1 | 2 | 4\n", "conflict spec.resources.gpu.requests 1:33-1:42 `1 | 2 | 4`"},
		{"spec: envs: [...{name: =~\"^A\", ...}]\n", "conflict spec.envs.1.name 1:24-1:30 `=~\"^A\"`"},
		{"import \"list\"\n\nspec: envs: list.MaxItems(1)\n", "conflict spec.envs 3:13-3:29 `list.MaxItems(1)`"},
		{"_max: 5\nspec: replicas: <=_max\n", "conflict spec.replicas 2:17-2:23 `<=_max`"},
		{"spec: action: string\nif spec.action == \"serve\" {spec: replicas: <=3}\n", "conflict spec.replicas 2:44-2:47 `<=3`"},
		{"spec: {schedule?: string, ...}\nif spec.schedule == \"@daily\" {spec: replicas: <=3}\n", ""},
		{"spec: profile: string\n", "missing spec.profile 1:16-1:22 `string`"},
		{"spec: queue!: string\n", "missing spec.queue 1:15-1:21 `string`"},
		{"spec: run_as_user: int & >0\n", "missing spec.run_as_user 1:20-1:28 `int & >0`"},
		{"metadata: labels: team: =~\"^[a-z]+$\"\n", "missing metadata.labels.team 1:25-1:37 `=~\"^[a-z]+$\"`"},
		{"metadata: labels?: \"acme.example/team\"?: =~\"^[a-z]+$\"\n", "conflict metadata.labels.acme.example/team 1:42-1:54 `=~\"^[a-z]+$\"`"},
		{"spec: replicas: <=8\nspec: profile: string\nspec: queue!: string\n", "missing spec.profile 2:16-2:22 `string`\nmissing spec.queue 3:15-3:21 `string`\nconflict spec.replicas 1:17-1:20 `<=8`"},
		{"#Spec: {action: _, image: _, replicas: _, security: _, resources: _, envs: _}\nspec: #Spec\n", "not-allowed spec.service_type 2:7-2:12 ``"},
		{"spec: service_type?: _|_\n", "not-allowed spec.service_type 1:22-1:25 ``"},
		{"spec: {[!~\"^(image|action|replicas|resources|envs|security)$\"]: error(\"not here\")}\n", "conflict spec.service_type 1:65-1:82 `error(\"not here\")` not here"},
		{"spec: run_as_non_root: true\n", "missing spec.run_as_non_root 1:24-1:28 `true`"},
		{"spec: {host_network: false, profile?: \"a\", queue: *\"q\" | string, volumes: [...{name: string}], _kept: 1, #Kept: 1}\n", "missing spec.host_network 1:22-1:27 `false`"},
		{"spec: action: string\nif spec.action == \"serve\" {spec: dns_policy: \"None\"}\n", "missing spec.dns_policy 2:46-2:52 `\"None\"`"},
		{"policy: severity: \"warning\"\nspec: replicas: >1\n", ""},
		{"spec: image: repo\n", "1:14-1:18 evaluation: `repo` is not defined in this file (define it, or put it into quotes if it is text)"},
		{"spec: a: 1\nspec: a: 2\n", "2:10-2:11 evaluation: `spec.a` is given two values that contradict one another (keep one of them) [1:10-1:11 the other value is here]"},
		{"import \"tool/file\"\nspec: x: file.Read\n", "1:8-1:19 evaluation: CUE's package \"tool/file\" runs commands or reads files, which a file of berth's may not (remove the import)"},
	}
	for _, test := range tests {
		t.Run(test.policy, func(t *testing.T) {
			file, _ := FromBytes("policies/p.cue", []byte(test.policy))
			verdicts, diags := e.Judge(JudgeRequest{Policies: files(file), Runs: [][]byte{[]byte(run)}})
			if have := strings.TrimSpace(judgement(verdicts) + report(diags, "policies/p.cue")); have != test.want {
				t.Errorf("have:\n%s\nwant:\n%s", have, test.want)
			}
			for _, v := range verdicts {
				for _, x := range v.Violations {
					if x.Rule.File != file {
						t.Error("a rule's place is not in the policy's own file")
					}
				}
			}
		})
	}
}

func TestOutlines(t *testing.T) {
	e := NewEvaluator(Limits{})
	defer e.Close()
	tests := []struct{ policy, want string }{
		{"spec: image: =~\"^x\" & !~\"y$\"\n", "spec 1:1; spec.image 1:7 ^x y$"},
		{"spec: {replicas?: *1 | <=8, schedule!: _}\n", "spec 1:1; spec.replicas 1:8 =1 8; spec.schedule 1:29"},
		{"spec: volumes?: [...{volume_type: \"nfs\" | \"csi\"}]\n", "spec 1:1; spec.volumes 1:7; spec.volumes.[] 1:21; spec.volumes.[].volume_type 1:22 =nfs =csi"},
		{"spec: args?: [\"a\", ...]\n", "spec 1:1; spec.args 1:7; spec.args.[] 1:15 =a"},
		{"objects: Job: [string]: spec: {}\n", "objects 1:1; objects.Job 1:10; objects.Job.[] 1:15; objects.Job.[].spec 1:25"},
		{"#A: {b: 1}\n_c: d: 2\nspec: {x: #A, y?: _c}\n", "spec 3:1; spec.x 3:8; spec.x.b 1:6 =1; spec.y 3:15; spec.y.d 2:5 =2"},
		{"let most = 5\nspec: close({x?: <=most})\n", "spec 2:1; spec.x 2:14 5"},
		{"spec: x: string\nif spec.x != \"\" {spec: y: true}\n", "spec 1:1; spec.x 1:7; spec 2:18; spec.y 2:24 =true"},
		{"#A: {b?: #A, ...}\nspec: #A & {c: 1.5}\n", "deep"},
		{"spec: image: nope\n", "broken"},
	}
	for _, test := range tests {
		file, _ := FromBytes("p.cue", []byte(test.policy))
		outlines, _ := e.Outlines(files(file))
		have := outlined(outlines[0])
		if test.want == "deep" && len(outlines[0].Mentions) > 4 && len(outlines[0].Mentions) < 2*maxReferences+4 {
			continue
		}
		if have != test.want {
			t.Errorf("%s\nhave: %s\nwant: %s", test.policy, have, test.want)
		}
	}
}

// outlined shows an outline: each field with its place and what it is compared with, `=` before what it may be.
func outlined(o Outline) string {
	if o.Broken {
		return "broken"
	}
	var all []string
	for _, m := range o.Mentions {
		words := []string{strings.Join(m.Path, "."), fmt.Sprintf("%d:%d", m.Span.Line, m.Span.Col)}
		for _, l := range m.Literals {
			mark := ""
			if l.Equal {
				mark = "="
			}
			words = append(words, mark+l.Text)
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, "; ")
}

// TestJudgeMany has two policies judge more runs than fit one request.
func TestJudgeMany(t *testing.T) {
	e := NewEvaluator(Limits{Workers: 2})
	defer e.Close()
	first, _ := FromBytes("a.cue", []byte("spec: replicas: <=100\n"))
	second, _ := FromBytes("b.cue", []byte("spec: replicas: !=7\n"))
	var runs [][]byte
	for i := range 250 {
		runs = append(runs, fmt.Appendf(nil, `{"spec": {"replicas": %d}}`, i))
	}
	verdicts, diags := e.Judge(JudgeRequest{Policies: files(first, second), Runs: runs})
	if diags != nil || len(verdicts) != 150 {
		t.Fatalf("%d verdicts, %s", len(verdicts), report(diags, ""))
	}
	if v := verdicts[0]; v.Run != 7 || v.Policy != 1 {
		t.Errorf("the first verdict is %+v", v)
	}
	if v := verdicts[149]; v.Run != 249 || v.Policy != 0 {
		t.Errorf("the last verdict is %+v", v)
	}
}

func TestMeets(t *testing.T) {
	e := NewEvaluator(Limits{Workers: 1})
	defer e.Close()
	tests := []struct {
		rule, value string
		want        bool
	}{
		{"1 | 2 | 4 | 8", "4", true},
		{"1 | 2 | 4 | 8", "3", false},
		{"*1 | 2", "2", true},
		{">=1 & <=8", "8", true},
		{">=1 & <=8", "9", false},
		{"<=640Gi", "687194767360", true},
		{"<=640Gi", "687194767361", false},
		{"number & >=0.5", "0.75", true},
		{"int", "0.75", false},
		{`"a" | "b"`, `"b"`, true},
		{`=~"^x"`, `"yx"`, false},
		{"strings.MaxRunes(3)", `"abc"`, true},
		{"strings.MaxRunes(3)", `"abcd"`, false},
		{"bool", "true", true},
	}
	var checks []Check
	for _, test := range tests {
		checks = append(checks, Check{&Node{Kind: Constraint, Text: test.rule}, test.value})
	}
	checks = append(checks, Check{&Node{Kind: Constraint, Text: "other + 1"}, "1"})
	met, diags := e.Meets(checks)
	for i, test := range tests {
		if met[i] != test.want {
			t.Errorf("%s meets %s: %v", test.value, test.rule, met[i])
		}
	}
	if !met[len(tests)] || len(diags) != 1 {
		t.Errorf("a rule that cannot be evaluated: %v, %s", met[len(tests)], report(diags, ""))
	}
}

// TestBudget: all files of a build share what they may take, and a spent budget is said with the way to raise it.
func TestBudget(t *testing.T) {
	loop := &diag.File{Name: "a.jsonnet", Data: []byte(endless)}
	e := NewEvaluator(Limits{Workers: 1, Deadline: time.Second, Time: 2500 * time.Millisecond})
	defer e.Close()
	var said []string
	for range 5 {
		_, diags := Load(loop, Options{Evaluator: e})
		if len(diags) != 1 {
			t.Fatalf("said: %v", diags)
		}
		said = append(said, diags[0].Message+": "+diags[0].Hint)
	}
	for i, want := range []string{"more than 1 s", "more than 1 s", "more than 0.", "2.5 s of processor time", "2.5 s of processor time"} {
		if !strings.Contains(said[i], want) {
			t.Errorf("file %d: %s, want %s", i+1, said[i], want)
		}
	}
	if !strings.Contains(said[4], "--evaluation") || strings.Contains(said[0], "--evaluation") {
		t.Errorf("said: %q", said)
	}
}

func TestBudgetOfOutput(t *testing.T) {
	file := &diag.File{Name: "a.jsonnet", Data: []byte(`std.repeat("x", 1000000)`)}
	e := NewEvaluator(Limits{Workers: 1, Output: 2_500_000})
	defer e.Close()
	for i := range 4 {
		_, diags := Load(file, Options{Evaluator: e})
		spent := len(diags) > 0 && strings.Contains(diags[0].Message, "MiB of values")
		if spent != (i == 3) {
			t.Errorf("file %d: %v", i+1, diags)
		}
	}
}

// TestBudgetCounts: what is evaluated is counted, and what has no limit is not.
func TestBudgetCounts(t *testing.T) {
	file := &diag.File{Name: "a.cue", Data: []byte("a: 1")}
	e := NewEvaluator(Limits{Workers: 1, Time: -1})
	defer e.Close()
	for range 3 {
		if _, diags := Load(file, Options{Evaluator: e}); diags != nil {
			t.Fatal(diags)
		}
	}
	if e.spent.time <= 0 || e.spent.output <= 0 {
		t.Errorf("%v and %d bytes were counted", e.spent.time, e.spent.output)
	}
}

// TestImportSpellings: an import is judged by what CUE reads, whatever it looks like.
func TestImportSpellings(t *testing.T) {
	e := NewEvaluator(Limits{Workers: 1})
	defer e.Close()
	for _, path := range []string{`"tool/exec"`, `"\u0074ool/exec"`, `#"tool/exec"#`, `"tool\u002fexec"`, `"\U00000074ool/file"`, `"t\u006fol/http"`, `"example\u002ecom/x"`, `"list\u003alist"`} {
		_, diags := Load(&diag.File{Name: "a.cue", Data: []byte("import x " + path + "\na: x")}, Options{Evaluator: e})
		if len(diags) != 1 || diags[0].Hint != "remove the import" && diags[0].Hint != "put what you need of it into this file" {
			t.Errorf("import %s: %v", path, diags)
		}
	}
}

// TestNoChildOfAChild: a program that does not serve the command, and evaluates, ends there.
func TestNoChildOfAChild(t *testing.T) {
	t.Setenv(childMark, "1")
	e := NewEvaluator(Limits{Workers: 1})
	defer e.Close()
	if root, diags := Load(&diag.File{Name: "a.cue", Data: []byte("a: 1")}, Options{Evaluator: e}); len(diags) == 0 {
		t.Errorf("a child evaluated: %v", root)
	}
}
