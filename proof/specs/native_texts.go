package specs

import (
	"reflect"
	"strings"
)

// amounts are quantities, as text and as numbers.
var amounts = []any{
	"1", "2", "4", "500m", "1500m", "1Gi", "2Gi", "512Mi", "2Mi", "3Mi", "4Mi", "10G", "1e3", "0", "-1", "-1Gi", "64m", "0.5", "1.5", "1Ki", "1m", "1k", 1, 0, 3,
	"9223372036854775807", "9223372036854775808", "100Ei", "0.1m", "1n", "1u",
}

var numbers = []any{
	-1, 0, 1, 1, 1, 2, 2, 3, 5, 10, 20, 30, 31, 60, 80, 100, 101, 255, 256, 420, 493, 511, 512, 600, 1000, 3600, 3601, 8080, 10800, 30000, 32767, 32768, 65535, 65536,
	86400, 86401, 100000, 100001, 2147483647,
}

// plausible are the texts of fields by name, right and nearly right ones.
var plausible = map[string][]string{
	"image":                  {"ghcr.io/acme/a:1", "a", "a b", " a", "a:1 ", "A/b", "a@sha256:x"},
	"reference":              {"ghcr.io/acme/model:1", "", "a b", " a"},
	"mountPath":              {"/data", "/", "data", "/a:b", "/a/../b", "/dev/shm", "/tmp"},
	"devicePath":             {"/dev/xvda", "dev", "/a/../b", "/data"},
	"path":                   {"/data", "a/b", "../x", "/a/../b", "a", "/", "..a", "a:b"},
	"subPath":                {"a/b", "../x", "/a", "..a", "a/../b"},
	"subPathExpr":            {"$(NAME)/x", "../x", "/a", "a"},
	"schedule":               {"0 0 * * *", "@daily", "@every 1h", "60 * * * *", "* * * * * *", "TZ=UTC 0 0 * * *", "CRON_TZ=UTC 0 0 * * *", "0 0 31 2 *", "@reboot", " 0 0 * * *"},
	"timeZone":               {"Europe/Rome", "UTC", "Local", "local", "PST", "europe/rome", "Etc/GMT+5", "US/Pacific", " UTC", "Europe/Milan"},
	"ip":                     {"10.0.0.1", "::1", "010.0.0.1", "10.0.0.0/8", "256.1.1.1", "127.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"},
	"cidr":                   {"10.0.0.0/8", "10.0.0.1/8", "::/0", "0.0.0.0/0", "10.0.0.1", "010.0.0.0/8", "10.0.0.0/33", "2001:db8::/32", "::ffff:10.0.0.0/104"},
	"fieldPath":              {"metadata.name", "metadata.namespace", "metadata.labels", "metadata.labels['a']", "metadata.annotations['a b']", "metadata.annotations", "status.podIP", "status.podIPs", "status.hostIP", "status.hostIPs", "spec.nodeName", "spec.serviceAccountName", "metadata.uid", "status.phase", "spec.hostname", "metadata.labels['']", "metadata.foo"},
	"resource":               {"limits.cpu", "requests.memory", "limits.ephemeral-storage", "limits.hugepages-2Mi", "cpu", "limits.gpu", "limits.nvidia.com/gpu", "requests.storage"},
	"topologyKey":            {"kubernetes.io/hostname", "topology.kubernetes.io/zone", "zone", "a b", "", "beta.kubernetes.io/os", "failure-domain.beta.kubernetes.io/zone"},
	"key":                    {"disktype", "a.b/c", "a b", "", "kubernetes.io/arch", "beta.kubernetes.io/arch", "metadata.name", "ca.crt", "..x", "..", "key_1", "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"},
	"host":                   {"a.example.com", "*.example.com", "a_b", "*", "10.0.0.1", "", "a.example.com.", "localhost"},
	"operator":               {"In", "NotIn", "Exists", "DoesNotExist", "Equal", "Gt", "Lt", "in", ""},
	"values":                 {"a", "1", "-1", "a b", "", "01", "1.5"},
	"protocol":               {"TCP", "UDP", "SCTP", "tcp", "HTTP", ""},
	"appProtocol":            {"http", "kubernetes.io/h2c", "a b", "HTTP", "", "https", "grpc"},
	"expression":             {"device.attributes['x.example.com'].y == 'a'", "true", "device.driver == 'a'"},
	"succeededIndexes":       {"0", "0-1", "1,0", "0-0", "5-2", "", "a", "0,2-4", "0 ,1"},
	"driver":                 {"csi.example.com", "a b", "Driver", "", "a_b", "csi-driver.example.com"},
	"apiVersion":             {"v1", "apps/v1", "a/b/c", "", "batch/v1", "apps/"},
	"apiGroup":               {"snapshot.storage.k8s.io", "", "a b", "apps"},
	"kind":                   {"Deployment", "Job", "VolumeSnapshot", "PersistentVolumeClaim", "deploy", "", "a b", "Pod", "HorizontalPodAutoscaler"},
	"type":                   {"Localhost", "RuntimeDefault", "Opaque", "kubernetes.io/tls", "kubernetes.io/basic-auth", "kubernetes.io/dockerconfigjson", "kubernetes.io/service-account-token", "kubernetes.io/ssh-auth"},
	"level":                  {"s0:c123,c456", "", "s0"},
	"name":                   {"a", "web", "http", "data", "Upper", "a.b", "a_b", "", "VAR", "1abc", "net.core.somaxconn", "kernel.shm_rmid_forced", "fs.mqueue.max", "kernel.*", "metrics", "cpu", "memory", "nvidia.com/gpu", "tcp", "toolongforthenameofaport"},
	"medium":                 {"Memory", "HugePages", "HugePages-2Mi", "HugePages-3Mi", "memory", "", "Disk", "HugePages-1Gi"},
	"server":                 {"10.0.0.1", "nfs.example.com", "", "a b"},
	"clusterIP":              {"None", "", "10.0.0.1", "none", "010.0.0.1", "::1"},
	"clusterIPs":             {"None", "", "10.0.0.1", "::1"},
	"externalName":           {"a.example.com", "", "a_b", "10.0.0.1", "a.example.com."},
	"loadBalancerClass":      {"acme.com/lb", "a b", "", "lb"},
	"managedBy":              {"acme.com/queue", "kubernetes.io/job-controller", "", "a", "a b/c"},
	"mode":                   {"ReadWriteOnce", "ReadOnlyMany"},
	"accessModes":            {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod", "ReadWrite", ""},
	"finalizers":             {"a.com/b", "a", "kubernetes", "orphan", "foregroundDeletion", "a b/c"},
	"trafficDistribution":    {"PreferClose", "PreferSameZone", "PreferSameNode", "Close", ""},
	"whenUnsatisfiable":      {"DoNotSchedule", "ScheduleAnyway", "Wait", ""},
	"add":                    {"SYS_ADMIN", "CAP_SYS_ADMIN", "NET_ADMIN", "ALL", "net_admin", ""},
	"drop":                   {"ALL", "all", "NET_RAW", ""},
	"command":                {"python", "", "a b"},
	"terminationMessagePath": {"/dev/termination-log", "log", "/a/../b", ""},
	"localhostProfile":       {"profiles/a.json", "/abs", "../a", "", "a"},
	"runAsUserName":          {"ContainerUser", "NT AUTHORITY\\NETWORK SERVICE", "", "a:b"},
	"gmsaCredentialSpecName": {"a", "A b"},
	"stopSignal":             {"SIGTERM", "SIGUSR1", "TERM"},
	"devicesAllocationMode":  {"ExactCount", "All"},
	"matchAttribute":         {"resource.kubernetes.io/pcieRoot", "a", "a/b/c", "a b/c", ""},
	"distinctAttribute":      {"resource.kubernetes.io/pcieRoot", "a"},
	"deviceClassName":        {"gpu.nvidia.com", "A b", ""},
	"searches":               {"a.example.com", "A", ".", "a_b.c", "a b"},
	"hostname":               {"a", "a.b", "A", ""},
	"conditionType":          {"a.com/ready", "a b", "Ready"},
	"volumeName":             {"v", "V", "", "data"},
	"pathType":               {"Exact", "Prefix", "ImplementationSpecific", "prefix"},
	"kubernetes.io":          {"kubernetes.io/x"},
}

// same are fields that mean what another one means.
var same = map[string]string{
	"hostIP": "ip", "podIP": "ip", "nameservers": "ip", "externalIPs": "ip", "loadBalancerIP": "ip", "except": "cidr", "loadBalancerSourceRanges": "cidr",
	"hosts": "host", "hostnames": "host", "workingDir": "mountPath", "matchLabelKeys": "key", "mismatchLabelKeys": "key", "args": "command",
	"matchLabels key": "key", "labels key": "key", "annotations key": "key", "nodeSelector key": "key", "selector key": "key", "data key": "key",
	"stringData key": "key", "binaryData key": "key", "matchLabels value": "values", "labels value": "values", "annotations value": "values",
	"nodeSelector value": "values", "selector value": "values", "user": "level", "role": "level", "generateName": "name", "serviceName": "name",
	"hostnameOverride": "hostname", "subdomain": "hostname", "effect": "type",
}

// resourceNames are the names of resources.
var resourceNames = []string{
	"cpu", "memory", "ephemeral-storage", "nvidia.com/gpu", "hugepages-2Mi", "hugepages-1Gi", "hugepages-3", "gpu", "storage", "example.com/dongle",
	"requests.cpu", "limits.memory", "kubernetes.io/x", "pods", "requests.nvidia.com/gpu", "a b/c", "hugepages-", "",
}

// text draws a text for a field: a constant of its type, a name of the object's parts, something that such fields hold, or
// something odd.
func (n *Native) text(t reflect.Type, key string) string {
	switch {
	case t.Name() == "ResourceName":
		return pick(n.Gen, resourceNames...)
	case key == "expression": // the server alone reads the language of expressions (CEL)
		return pick(n.Gen, plausible[key]...)
	}
	if known := words(t); len(known) > 0 && n.chance(90) {
		return pick(n.Gen, known...)
	}
	of := key
	if other := same[key]; other != "" {
		of = other
	}
	texts, refers := plausible[of], strings.HasSuffix(strings.ToLower(key), "name")
	switch {
	case len(n.Names) > 0 && (refers && n.chance(45) || n.chance(3)):
		return n.name()
	case len(texts) > 0 && n.chance(85):
		return pick(n.Gen, texts...)
	case n.chance(50):
		return pick(n.Gen, plausible["name"]...)
	}
	return pick(n.Gen, edgeTexts...)
}

func (n *Native) name() string {
	if len(n.Names) == 0 {
		return "a"
	}
	return pick(n.Gen, n.Names...)
}
