package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// configMap: keys are file names, each once, and all values together have a limit.
func (j *judge) configMap(c *corev1.ConfigMap, root *place) {
	size := 0
	for _, key := range slices.Sorted(maps.Keys(c.Data)) {
		j.key(&dataKey, key, root.in("data").in(key))
		size += len(c.Data[key])
		if _, both := c.BinaryData[key]; both {
			j.twice("key "+diag.Quote(key), root.in("binaryData").in(key), root.in("data").in(key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.BinaryData)) {
		j.key(&dataKey, key, root.in("binaryData").in(key))
		size += len(c.BinaryData[key])
	}
	j.dataSize(size, root.in("data"))
}

// dataSize refuses more bytes than a ConfigMap or a Secret may have (1 MiB); keys are not counted.
func (j *judge) dataSize(size int, at *place) {
	if size > corev1.MaxSecretSize {
		j.refuse(diag.OutOfRange, at, fmt.Sprintf("the data has %d bytes together, and Kubernetes takes %d", size, corev1.MaxSecretSize), "put what is large into the image or a volume")
	}
}

// secretKeys are the keys that a Secret of a type needs, all of them.
var secretKeys = map[corev1.SecretType][]string{
	corev1.SecretTypeDockercfg:        {corev1.DockerConfigKey},
	corev1.SecretTypeDockerConfigJson: {corev1.DockerConfigJsonKey},
	corev1.SecretTypeSSHAuth:          {corev1.SSHAuthPrivateKey},
	corev1.SecretTypeTLS:              {corev1.TLSCertKey, corev1.TLSPrivateKeyKey},
}

// secret judges a Secret as the server completes it: stringData over data. Each type has keys that it needs
// (ValidateSecret), and registries' credentials are JSON.
func (j *judge) secret(s *corev1.Secret, root *place) {
	size, have := 0, map[string][]byte{}
	// A copy: the object that is judged stays as it is.
	maps.Copy(have, s.Data)
	for _, key := range slices.Sorted(maps.Keys(s.StringData)) {
		if have[key] != nil {
			j.twice("key "+diag.Quote(key), root.in("data").in(key), root.in("stringData").in(key))
		}
		have[key] = []byte(s.StringData[key])
	}
	for _, key := range slices.Sorted(maps.Keys(have)) {
		j.key(&dataKey, key, root.in("data").in(key))
		size += len(have[key])
	}
	j.dataSize(size, root.in("data"))
	for _, key := range secretKeys[s.Type] {
		value, ok := have[key]
		switch {
		case !ok:
			j.absent(diag.MissingField, root.in("data").in(key), fmt.Sprintf("a Secret of type %s needs the key %s", s.Type, key), "leave type out, or bring an object that a controller makes the Secret of", root.in("type"))
		// The types that are left hold credentials of registries.
		case s.Type != corev1.SecretTypeTLS && s.Type != corev1.SecretTypeSSHAuth && json.Unmarshal(value, &map[string]any{}) != nil:
			j.refuse(diag.WrongValue, root.in("data").in(key), key+" is not JSON", "write the registries' credentials as JSON")
		}
	}
	if s.Type == corev1.SecretTypeBasicAuth && have[corev1.BasicAuthUsernameKey] == nil && have[corev1.BasicAuthPasswordKey] == nil {
		j.absent(diag.MissingField, root.in("data"), fmt.Sprintf("a Secret of type %s needs username or password", s.Type), "leave type out", root.in("type"))
	}
	if s.Type == corev1.SecretTypeServiceAccountToken && s.Annotations[corev1.ServiceAccountNameKey] == "" {
		j.absent(diag.MissingField, root.in("metadata").in("annotations").in(corev1.ServiceAccountNameKey), "a token belongs to a service account, and the Secret names none",
			"write the annotation "+corev1.ServiceAccountNameKey, root.in("type"))
	}
}

// mountableSecrets is an annotation that Kubernetes warns of.
const mountableSecrets = "kubernetes.io/enforce-mountable-secrets"

// serviceAccount refuses what is deprecated, and what a reference to a Secret has beside its name, which the server
// drops.
func (j *judge) serviceAccount(s *corev1.ServiceAccount, root *place) {
	if _, ok := s.Annotations[mountableSecrets]; ok {
		j.refuse(diag.Security, root.in("metadata").in("annotations").in(mountableSecrets), "the annotation "+mountableSecrets+" is on its way out", "keep secrets apart by namespaces")
	}
	for i := range s.Secrets {
		r, here := &s.Secrets[i], root.in("secrets").item(i)
		for _, f := range []need{
			{"kind", r.Kind}, {"namespace", r.Namespace}, {"uid", string(r.UID)}, {"apiVersion", r.APIVersion},
			{"resourceVersion", r.ResourceVersion}, {"fieldPath", r.FieldPath},
		} {
			if f.text != "" {
				j.excess(diag.WrongValue, here.in(f.key), "is left out by Kubernetes: a Secret of a service account is known by its name")
			}
		}
	}
}
