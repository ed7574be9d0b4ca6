package floor

// The plain structs that the floor reads into. They hold what the runs of the generator hold, as strings where it can
// be a string: the floor checks nothing.

type run struct {
	APIVersion string   `json:"apiVersion" yaml:"apiVersion"`
	Kind       string   `json:"kind" yaml:"kind"`
	Metadata   metadata `json:"metadata" yaml:"metadata"`
	Spec       spec     `json:"spec" yaml:"spec"`
}

type metadata struct {
	Name   string            `json:"name" yaml:"name"`
	Labels map[string]string `json:"labels" yaml:"labels"`
}

type spec struct {
	Action       string            `json:"action" yaml:"action"`
	Image        string            `json:"image" yaml:"image"`
	Command      []string          `json:"command" yaml:"command"`
	Args         []string          `json:"args" yaml:"args"`
	Profile      string            `json:"profile" yaml:"profile"`
	Schedule     string            `json:"schedule" yaml:"schedule"`
	TimeZone     *string           `json:"time_zone" yaml:"time_zone"`
	BackoffLimit *int32            `json:"backoff_limit" yaml:"backoff_limit"`
	Replicas     *int32            `json:"replicas" yaml:"replicas"`
	Resources    map[string]any    `json:"resources" yaml:"resources"`
	Shm          string            `json:"shm" yaml:"shm"`
	Envs         []env             `json:"envs" yaml:"envs"`
	Secrets      []any             `json:"secrets" yaml:"secrets"`
	Volumes      []volume          `json:"volumes" yaml:"volumes"`
	ServicePorts []servicePort     `json:"service_ports" yaml:"service_ports"`
	Probes       map[string]*probe `json:"probes" yaml:"probes"`
}

type env struct {
	Name  string `json:"name" yaml:"name"`
	Value string `json:"value" yaml:"value"`
}

type volume struct {
	VolumeType string            `json:"volume_type" yaml:"volume_type"`
	Name       string            `json:"name" yaml:"name"`
	MountPath  string            `json:"mount_path" yaml:"mount_path"`
	ReadOnly   bool              `json:"read_only" yaml:"read_only"`
	Spec       map[string]string `json:"spec" yaml:"spec"`
}

type servicePort struct {
	Port       int32  `json:"port" yaml:"port"`
	TargetPort int32  `json:"target_port" yaml:"target_port"`
	Name       string `json:"name" yaml:"name"`
}

type probe struct {
	HTTP   string `json:"http" yaml:"http"`
	Port   int32  `json:"port" yaml:"port"`
	Period int32  `json:"period_seconds" yaml:"period_seconds"`
}

// profile is the part of a profile that reaches a pod.
type profile struct {
	Metadata metadata `json:"metadata" yaml:"metadata"`
	Spec     struct {
		Require struct {
			NodeSelector map[string]string `json:"node_selector" yaml:"node_selector"`
			Tolerations  []toleration      `json:"tolerations" yaml:"tolerations"`
		} `json:"require" yaml:"require"`
	} `json:"spec" yaml:"spec"`
}

type toleration struct {
	Key      string `json:"key" yaml:"key"`
	Operator string `json:"operator" yaml:"operator"`
	Effect   string `json:"effect" yaml:"effect"`
}
