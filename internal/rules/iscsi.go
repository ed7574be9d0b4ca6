package rules

import (
	"fmt"
	"regexp"

	"berth/internal/diag"

	corev1 "k8s.io/api/core/v1"
)

// iscsiNames are the forms of an iSCSI name (RFC 3720, 3.2.6.3): those of core/validation.
var iscsiNames = regexp.MustCompile(`^(iqn\.\d{4}-\d{2}\.[[:alnum:]-.]+:[^,;*&$|\s]+|eui.[[:alnum:]]{16}|naa.[[:alnum:]]{32})$`)

// maxPortal is how long a volume's name and its portal may be together where an initiator is named.
const maxPortal = 64

// iscsi judges a disk of the network. A password for either kind of sign-on is in a Secret. With an initiator's name,
// the kubelet names an interface after the volume and the portal, and that name has a limit.
func (j *judge) iscsi(v *corev1.Volume, at *place) {
	s := v.ISCSI
	j.needs(diag.Volume, at, need{"targetPortal", s.TargetPortal}, need{"iqn", s.IQN})
	if s.IQN != "" {
		j.iscsiName(s.IQN, at.in("iqn"))
	}
	within(j, diag.Volume, s.Lun, 0, 255, at.in("lun"))
	if (s.DiscoveryCHAPAuth || s.SessionCHAPAuth) && s.SecretRef == nil {
		j.missing(diag.Volume, at, "secretRef", "name the Secret that holds the password")
	}
	if s.InitiatorName == nil {
		return
	}
	j.iscsiName(*s.InitiatorName, at.in("initiatorName"))
	if len(v.Name+":"+s.TargetPortal) > maxPortal {
		j.refuse(diag.Volume, at.in("targetPortal"), fmt.Sprintf("the volume's name and targetPortal have more than %d characters together", maxPortal), "write a shorter name")
	}
}

// iscsiName: the three forms iqn, eui and naa.
func (j *judge) iscsiName(name string, at *place) {
	if !iscsiNames.MatchString(name) {
		j.refuse(diag.BadName, at, fmt.Sprintf("%s is not an iSCSI name", diag.Quote(name)), "write one such as iqn.2026-01.com.example:storage")
	}
}
