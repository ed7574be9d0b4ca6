package rules

import (
	"fmt"
	"strings"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// projected judges a folder with files of several sources, whose paths may not be in one another's way.
func (j *judge) projected(p *pod, v *corev1.ProjectedVolumeSource, at *place) {
	j.mode(v.DefaultMode, at.in("defaultMode"))
	all := &paths{}
	for i := range v.Sources {
		s, here := &v.Sources[i], at.in("sources").item(i)
		if key, ok := j.one(diag.Volume, []source{
			{"secret", s.Secret != nil}, {"configMap", s.ConfigMap != nil}, {"downwardAPI", s.DownwardAPI != nil},
			{"serviceAccountToken", s.ServiceAccountToken != nil}, {"clusterTrustBundle", s.ClusterTrustBundle != nil},
			{"podCertificate", s.PodCertificate != nil},
		}, here); ok {
			j.projection(p, s, all, here.in(key))
		}
	}
}

// projection judges one source, of which exactly one field is set. all gathers the paths of the whole volume.
func (j *judge) projection(p *pod, s *corev1.VolumeProjection, all *paths, at *place) {
	switch {
	case s.Secret != nil:
		j.needs(diag.Volume, at, need{"name", s.Secret.Name})
		j.items(s.Secret.Items, at, all)
	case s.ConfigMap != nil:
		j.needs(diag.Volume, at, need{"name", s.ConfigMap.Name})
		j.items(s.ConfigMap.Items, at, all)
	case s.DownwardAPI != nil:
		j.downward(p, s.DownwardAPI.Items, at, all)
	case s.ServiceAccountToken != nil:
		j.token(p, s.ServiceAccountToken, all, at)
	case s.ClusterTrustBundle != nil:
		j.trustBundle(s.ClusterTrustBundle, all, at)
	case s.PodCertificate != nil:
		j.certificate(s.PodCertificate, all, at)
	}
}

// Limits on how long a token is good, in seconds.
const (
	shortestToken = 10 * 60
	longestToken  = 1 << 32
)

// token judges a token that the kubelet renews before it expires. It is one of a service account, which the pod has to
// name.
func (j *judge) token(p *pod, t *corev1.ServiceAccountTokenProjection, all *paths, at *place) {
	j.needs(diag.Volume, at, need{"path", t.Path})
	j.ownPath(diag.Volume, t.Path, at.in("path"))
	j.overlap(all, t.Path, at.in("path"))
	if t.ExpirationSeconds != nil {
		within(j, diag.Volume, *t.ExpirationSeconds, shortestToken, longestToken, at.in("expirationSeconds"))
	}
	if p.ServiceAccountName == "" && p.DeprecatedServiceAccount == "" {
		j.absent(diag.Volume, at, "a token is one of a service account, and the pod names none", "write serviceAccountName: default, or another", p.at.in("serviceAccountName"))
	}
}

// trustBundle judges certificates of authorities: of one bundle by its name, or of all of a signer's that match.
func (j *judge) trustBundle(b *corev1.ClusterTrustBundleProjection, all *paths, at *place) {
	j.needs(diag.Volume, at, need{"path", b.Path})
	j.ownPath(diag.Volume, b.Path, at.in("path"))
	j.overlap(all, b.Path, at.in("path"))
	j.one(diag.Volume, []source{{"name", b.Name != nil}, {"signerName", b.SignerName != nil}}, at)
	if b.Name != nil && b.LabelSelector != nil {
		j.excess(diag.Volume, at.in("labelSelector"), "chooses among bundles of a signer, and name names one", at.in("name"))
	}
	if b.Name != nil {
		j.bundleName(*b.Name, at.in("name"))
	}
	if b.SignerName != nil {
		j.signerName(*b.SignerName, at.in("signerName"))
	}
	j.labelSelector(b.LabelSelector, at.in("labelSelector"))
}

// bundleName: a bundle of a signer is named <domain>:<path of the signer>:<name>, any other has no colon.
func (j *judge) bundleName(name string, at *place) {
	last := name
	if i := strings.LastIndex(name, ":"); i >= 0 {
		last = name[i+1:]
	}
	if len(validation.IsDNS1123Subdomain(last)) > 0 {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not the name of a ClusterTrustBundle", diag.Quote(name)), "write lower-case letters, digits, '-' and '.'")
	}
}

// signerName is a domain and a path: example.com/my-signer.
func (j *judge) signerName(name string, at *place) {
	domain, path, ok := strings.Cut(name, "/")
	good := ok && strings.Contains(domain, ".") && len(validation.IsDNS1123Subdomain(domain)) == 0 && len(name) <= 253+1+571
	for part := range strings.SplitSeq(path, ".") {
		good = good && len(validation.IsDNS1123Subdomain(part)) == 0
	}
	if !good {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not the name of a signer", diag.Quote(name)), "write one such as example.com/my-signer")
	}
}

// Limits on how long a certificate is good, in seconds: of any signer, and of those of Kubernetes itself.
const (
	shortestCertificate = 3600
	longestCertificate  = 91 * 24 * 3600
	longestOfKubernetes = 24 * 3600
)

// certificate judges a certificate that the pod gets for itself. Signers of Kubernetes give shorter ones than others.
// It goes into one file, or into two, and into one at least.
func (j *judge) certificate(c *corev1.PodCertificateProjection, all *paths, at *place) {
	j.signerName(c.SignerName, at.in("signerName"))
	oneOfPtr(j, diag.Volume, &c.KeyType, at.in("keyType"), "RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519")
	if seconds := c.MaxExpirationSeconds; seconds != nil {
		// Kubernetes' own signers are known by their domain.
		longest := int32(longestCertificate)
		if domain, _, _ := strings.Cut(c.SignerName, "/"); domain == "kubernetes.io" || strings.HasSuffix(domain, ".kubernetes.io") {
			longest = longestOfKubernetes
		}
		within(j, diag.Volume, *seconds, shortestCertificate, longest, at.in("maxExpirationSeconds"))
	}
	any := false
	for _, f := range []need{{"credentialBundlePath", c.CredentialBundlePath}, {"keyPath", c.KeyPath}, {"certificateChainPath", c.CertificateChainPath}} {
		if f.text != "" {
			any = true
			j.ownPath(diag.Volume, f.text, at.in(f.key))
			j.overlap(all, f.text, at.in(f.key))
		}
	}
	if !any {
		j.absent(diag.Volume, at, "the certificate goes to no file", "write credentialBundlePath: <path>")
	}
	// Passed on to the signer, whose own keys they are.
	for key := range c.UserAnnotations {
		j.key(&domainPath, strings.ToLower(key), at.in("userAnnotations").in(key))
	}
}
