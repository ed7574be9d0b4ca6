package workspace

import (
	"cmp"
	"encoding/json"
	"strings"

	"berth/compiler"

	corev1 "k8s.io/api/core/v1"
)

// wordsOfContainers are the fields of a run that hold for each container by itself, with their place in a container of
// Kubernetes'.
var wordsOfContainers = map[string]string{
	"image":                      "image",
	"image_pull_policy":          "imagePullPolicy",
	"resources":                  "resources",
	"run_as_user":                "securityContext.runAsUser",
	"run_as_group":               "securityContext.runAsGroup",
	"run_as_non_root":            "securityContext.runAsNonRoot",
	"read_only_root_filesystem":  "securityContext.readOnlyRootFilesystem",
	"privileged":                 "securityContext.privileged",
	"allow_privilege_escalation": "securityContext.allowPrivilegeEscalation",
	"capabilities":               "securityContext.capabilities",
	"seccomp":                    "securityContext.seccompProfile",
	"app_armor":                  "securityContext.appArmorProfile",
	"se_linux":                   "securityContext.seLinuxOptions",
}

// containerWords are those fields of one container, in the form that they have in a run.
type containerWords struct {
	Image                    string                    `json:"image,omitempty"`
	ImagePullPolicy          corev1.PullPolicy         `json:"image_pull_policy,omitempty"`
	Resources                map[string]map[string]any `json:"resources,omitempty"`
	RunAsUser                *int64                    `json:"run_as_user,omitempty"`
	RunAsGroup               *int64                    `json:"run_as_group,omitempty"`
	RunAsNonRoot             *bool                     `json:"run_as_non_root,omitempty"`
	ReadOnlyRootFilesystem   *bool                     `json:"read_only_root_filesystem,omitempty"`
	Privileged               *bool                     `json:"privileged,omitempty"`
	AllowPrivilegeEscalation *bool                     `json:"allow_privilege_escalation,omitempty"`
	Capabilities             *corev1.Capabilities      `json:"capabilities,omitempty"`
	Seccomp                  *corev1.SeccompProfile    `json:"seccomp,omitempty"`
	AppArmor                 *corev1.AppArmorProfile   `json:"app_armor,omitempty"`
	SELinux                  *corev1.SELinuxOptions    `json:"se_linux,omitempty"`
}

// inWords is a container in a run's words. What the pod says of security holds for a container that says nothing.
func inWords(c *corev1.Container, pod *corev1.PodSecurityContext, gpu corev1.ResourceName) map[string]any {
	own := c.SecurityContext
	if own == nil {
		own = &corev1.SecurityContext{}
	}
	if pod == nil {
		pod = &corev1.PodSecurityContext{}
	}
	return asMap(containerWords{
		Image: c.Image, ImagePullPolicy: c.ImagePullPolicy, Resources: amountsInWords(&c.Resources, gpu),
		RunAsUser: cmp.Or(own.RunAsUser, pod.RunAsUser), RunAsGroup: cmp.Or(own.RunAsGroup, pod.RunAsGroup),
		RunAsNonRoot: cmp.Or(own.RunAsNonRoot, pod.RunAsNonRoot), ReadOnlyRootFilesystem: own.ReadOnlyRootFilesystem,
		Privileged: own.Privileged, AllowPrivilegeEscalation: own.AllowPrivilegeEscalation, Capabilities: own.Capabilities,
		Seccomp: cmp.Or(own.SeccompProfile, pod.SeccompProfile), AppArmor: cmp.Or(own.AppArmorProfile, pod.AppArmorProfile),
		SELinux: cmp.Or(own.SELinuxOptions, pod.SELinuxOptions),
	})
}

// imageWords are the words of an image volume, which has an image and a pull policy as a container has, and nothing else.
func imageWords(v *corev1.ImageVolumeSource) map[string]any {
	return asMap(containerWords{Image: v.Reference, ImagePullPolicy: v.PullPolicy})
}

// asMap is a container's words as plain data, which CUE takes. Numbers stay as they are written: as float64, a large whole
// number would lose its last digits.
func asMap(words containerWords) (tree map[string]any) {
	text, err := json.Marshal(words)
	if err != nil {
		return nil // plain data always encodes
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	// Else 9007199254740993 would become ...992.
	decoder.UseNumber()
	if decoder.Decode(&tree) != nil {
		return nil
	}
	return tree
}

// amountsInWords are what a container asks for, by Berth's names of resources.
func amountsInWords(r *corev1.ResourceRequirements, gpu corev1.ResourceName) map[string]map[string]any {
	all := map[string]map[string]any{}
	put := func(side string, amounts corev1.ResourceList) {
		for name, amount := range amounts {
			word := cmp.Or(boundedResources[name], string(name))
			if name == gpu {
				word = "gpu"
			}
			if all[word] == nil {
				all[word] = map[string]any{}
			}
			all[word][side] = compiler.Amount(amount.String())
		}
	}
	put("requests", r.Requests)
	put("limits", r.Limits)
	return all
}

// gpuName is what the run's word gpu means.
func (u *Unit) gpuName() corev1.ResourceName {
	if m := u.Plan.Machine; m != nil && m.Accelerator != nil && m.Accelerator.Resource != "" {
		return corev1.ResourceName(m.Accelerator.Resource)
	}
	return "nvidia.com/gpu"
}

// nameOfResource is Kubernetes' name of a resource that a policy speaks of.
func nameOfResource(word string, gpu corev1.ResourceName) string {
	if word == "gpu" {
		return string(gpu)
	}
	for name, own := range boundedResources {
		if own == word {
			return string(name)
		}
	}
	return word
}
