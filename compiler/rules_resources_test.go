package compiler

import (
	"testing"

	"berth/internal/diag"
	"berth/internal/source"
	"berth/schema"
)

func asks(name, requests, limits string) func(*schema.Plan) {
	return func(p *schema.Plan) {
		if p.Spec.Resources == nil {
			p.Spec.Resources = map[string]schema.Amounts{}
		}
		p.Spec.Resources[name] = schema.Amounts{Requests: requests, Limits: limits}
	}
}

func all(changes ...func(*schema.Plan)) func(*schema.Plan) {
	return func(p *schema.Plan) {
		for _, change := range changes {
			change(p)
		}
	}
}

func machine(m schema.Machine) func(*schema.Plan) {
	return func(p *schema.Plan) { p.Machine = &m }
}

func TestResourceRules(t *testing.T) {
	runCases(t, "job", []ruleCase{
		{name: "request and limit", change: asks("cpu", "500m", "2")},
		{name: "limit below request", change: asks("cpu", "16", "12"), at: "spec.resources.cpu.limits", code: diag.Resources, says: "request"},
		{name: "limit below request by units", change: asks("mem", "1G", "900Mi"), at: "spec.resources.mem.limits", code: diag.Resources, says: "900Mi"},
		{name: "a default's limit", change: asks("cpu", "16", "12"), at: "spec.resources.cpu.requests", code: diag.Resources, says: "limits",
			layers: map[string]source.Layer{"spec.resources.cpu.limits": source.ProfileDefault}},
		{name: "a requirement's limit", change: asks("cpu", "16", "12"), at: "spec.resources.cpu.requests", code: diag.Resources,
			layers: map[string]source.Layer{"spec.resources.cpu.limits": source.ProfileRequire}},
		{name: "half a GPU", change: asks("gpu", "0.5", "0.5"), at: "spec.resources.gpu.requests", code: diag.Resources, says: "whole"},
		{name: "thousandths of a GPU", change: asks("gpu", "500m", "500m"), at: "spec.resources.gpu.requests", code: diag.BadQuantity, says: "whole"},
		{name: "no GPU", change: asks("gpu", "0", "0"), at: "spec.resources.gpu.requests", code: diag.GPUZero, warning: true, says: "leave gpu out"},
		{name: "a GPU of no profile", change: asks("gpu", "1", "1"), at: "spec.resources.gpu.requests", code: diag.Scheduling, warning: true, says: "taint"},
		{name: "a GPU that is tolerated", change: all(asks("gpu", "1", "1"), tolerates(schema.Toleration{Key: "nvidia.com/gpu", Operator: "Exists"}))},
		{name: "a GPU of a profile", change: all(asks("gpu", "1", "1"), machine(schema.Machine{Profile: "t4"}))},
		{name: "bytes of disk", change: asks("disk", "10", ""), at: "spec.resources.disk.requests", code: diag.BadQuantity, warning: true, says: "10Gi"},
		{name: "two numbers of a device", change: asks("example.com/dongle", "1", "3"), at: `spec.resources["example.com/dongle"].limits`, code: diag.Resources, says: "requests and limits"},
		{name: "thousandths of a byte", change: asks("mem", "64m", ""), at: "spec.resources.mem.requests", code: diag.BadQuantity, says: "64Mi"},
		{name: "finer than a thousandth of a CPU", change: asks("cpu", "0.0001", ""), at: "spec.resources.cpu.requests", code: diag.BadQuantity, says: "1m"},
		{name: "beyond counting", change: asks("mem", "9Ei", ""), at: "spec.resources.mem.requests", code: diag.BadQuantity, says: "more than Kubernetes"},
		{name: "bytes", change: asks("mem", "512", ""), at: "spec.resources.mem.requests", code: diag.BadQuantity, warning: true, says: "512Mi"},
		{name: "a part of a page", change: all(asks("cpu", "1", ""), asks("hugepages-2Mi", "3Mi", "3Mi")), at: "spec.resources.hugepages-2Mi.requests", code: diag.Resources, says: "2Mi"},
		{name: "pages with memory", change: all(asks("mem", "1Gi", ""), asks("hugepages-2Mi", "4Mi", "4Mi"))},
		{name: "one GPU by two names", change: all(asks("gpu", "1", "1"), asks("nvidia.com/gpu", "1", "1")), at: `spec.resources["nvidia.com/gpu"]`, code: diag.Duplicate, key: true, says: "one resource"},
		{name: "two turns of a GPU", change: all(asks("gpu", "2", "2"), machine(schema.Machine{Profile: "t4", Accelerator: &schema.Accelerator{Sharing: "time_sliced"}})),
			at: "spec.resources.gpu.requests", code: diag.Resources, says: "gpu: 1", replace: "1"},
	})
}
