package plane

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// endsLabel on a pod says how it ends, a second after it began: succeeded or failed. A pod without it runs on.
	endsLabel = "plane/ends"
	// selectedNode is what the scheduler writes on a claim that waits for its first pod.
	selectedNode = "volume.kubernetes.io/selected-node"
	provisioner  = "disk.acme.com"
	tick         = 200 * time.Millisecond
)

// machines stand for kubelets and for the provisioner of disks: what the control plane decided becomes so.
type machines struct {
	client kubernetes.Interface
	seen   client.Reader
	ending map[string]time.Time // pods that were told to end, by uid, and when

	addresses int // how many pods got one
}

// addMachines makes nodes and storage classes, and plays kubelet and provisioner until the context ends.
func addMachines(ctx context.Context, clients kubernetes.Interface, seen client.Reader, nodes int) error {
	m := &machines{client: clients, seen: seen, ending: map[string]time.Time{}}
	for i := range nodes {
		if err := m.addNode(ctx, fmt.Sprintf("node-%d", i)); err != nil {
			return err
		}
	}
	for _, name := range []string{"standard", "fast"} {
		if err := m.addClass(ctx, name); err != nil {
			return err
		}
	}
	for i, name := range []string{"low", "high"} {
		class := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Value: int32(i)}
		if _, err := clients.SchedulingV1().PriorityClasses().Create(ctx, class, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	runtime := &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: "fast"}, Handler: "fast"}
	if _, err := clients.NodeV1().RuntimeClasses().Create(ctx, runtime, metav1.CreateOptions{}); err != nil {
		return err
	}
	go m.run(ctx)
	return nil
}

func (m *machines) addNode(ctx context.Context, name string) error {
	capacity := corev1.ResourceList{
		"cpu": resource.MustParse("64"), "memory": resource.MustParse("256Gi"), "pods": resource.MustParse("400"),
		"ephemeral-storage": resource.MustParse("1Ti"), "nvidia.com/gpu": resource.MustParse("8"),
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
	}}}
	made, err := m.client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Status = corev1.NodeStatus{
		Capacity: capacity, Allocatable: capacity,
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: metav1.Now()}},
	}
	if made, err = m.client.CoreV1().Nodes().UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	made.Spec.Taints = nil // admission taints a new node as not ready
	_, err = m.client.CoreV1().Nodes().Update(ctx, made, metav1.UpdateOptions{})
	return err
}

func (m *machines) addClass(ctx context.Context, name string) error {
	class := &storagev1.StorageClass{
		ObjectMeta:  metav1.ObjectMeta{Name: name, Annotations: map[string]string{}},
		Provisioner: provisioner, AllowVolumeExpansion: new(true), VolumeBindingMode: new(storagev1.VolumeBindingWaitForFirstConsumer),
	}
	if name == "standard" {
		class.Annotations["storageclass.kubernetes.io/is-default-class"] = "true"
	}
	_, err := m.client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{})
	return err
}

// run looks at everything again and again.
func (m *machines) run(ctx context.Context) {
	for ctx.Err() == nil {
		var pods corev1.PodList
		var claims corev1.PersistentVolumeClaimList
		if m.seen.List(ctx, &pods) == nil && m.seen.List(ctx, &claims) == nil {
			for i := range pods.Items {
				m.serve(ctx, &pods.Items[i])
			}
			for i := range claims.Items {
				m.provision(ctx, &claims.Items[i])
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(tick):
		}
	}
}

// serve is what a kubelet does to a pod of its node. Errors are those of a pod that changed meanwhile: the next look is soon.
func (m *machines) serve(ctx context.Context, pod *corev1.Pod) {
	switch {
	case pod.Spec.NodeName == "":
	case pod.DeletionTimestamp != nil:
		m.end(ctx, pod)
	case pod.Status.Phase == corev1.PodPending:
		m.become(ctx, pod, corev1.PodRunning)
	case pod.Status.Phase == corev1.PodRunning && pod.Labels[endsLabel] != "" && time.Since(pod.Status.StartTime.Time) > time.Second:
		m.become(ctx, pod, map[string]corev1.PodPhase{"succeeded": corev1.PodSucceeded, "failed": corev1.PodFailed}[pod.Labels[endsLabel]])
	}
}

// end lets a pod take its grace period, as a program does that ignores the signal.
func (m *machines) end(ctx context.Context, pod *corev1.Pod) {
	uid := string(pod.UID)
	if m.ending[uid].IsZero() {
		m.ending[uid] = time.Now()
	}
	grace := time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second
	if time.Since(m.ending[uid]) < grace {
		return
	}
	if pod.Status.Phase == corev1.PodRunning {
		m.become(ctx, pod, corev1.PodFailed)
	}
	err := m.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: new(int64(0)), Preconditions: &metav1.Preconditions{UID: &pod.UID},
	})
	if err == nil || apierrors.IsNotFound(err) {
		delete(m.ending, uid)
	}
}

func (m *machines) become(ctx context.Context, pod *corev1.Pod, phase corev1.PodPhase) {
	ready, state := corev1.ConditionFalse, corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{FinishedAt: metav1.Now()}}
	if phase == corev1.PodRunning {
		ready, state = corev1.ConditionTrue, corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}
	}
	if phase == corev1.PodFailed {
		state.Terminated.ExitCode = 1
	}
	pod.Status.Phase = phase
	if pod.Status.StartTime == nil {
		m.addresses++
		pod.Status.StartTime = new(metav1.Now())
		pod.Status.PodIP = fmt.Sprintf("10.128.%d.%d", m.addresses/256, m.addresses%256)
		pod.Status.PodIPs = []corev1.PodIP{{IP: pod.Status.PodIP}}
	}
	pod.Status.Conditions = []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}, {Type: corev1.PodInitialized, Status: corev1.ConditionTrue},
		{Type: corev1.ContainersReady, Status: ready}, {Type: corev1.PodReady, Status: ready, LastTransitionTime: metav1.Now()},
	}
	pod.Status.ContainerStatuses = nil
	for _, c := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, State: state, Ready: phase == corev1.PodRunning, Started: new(phase == corev1.PodRunning),
		})
	}
	_, _ = m.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, pod, metav1.UpdateOptions{})
}

// provision makes the volume that a claim waits for once its pod is placed, and lets a bound one grow.
func (m *machines) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) {
	if claim.Annotations[selectedNode] == "" || claim.Spec.VolumeName != "" {
		return
	}
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{
			Name: "pv-" + string(claim.UID), Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": provisioner},
		},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: claim.Spec.Resources.Requests, AccessModes: claim.Spec.AccessModes, StorageClassName: *claim.Spec.StorageClassName,
			ClaimRef:                      &corev1.ObjectReference{Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				CSI: &corev1.CSIPersistentVolumeSource{Driver: provisioner, VolumeHandle: string(claim.UID)},
			},
		},
	}
	if _, err := m.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		fmt.Fprintln(os.Stderr, "no volume for", claim.Namespace, claim.Name, err)
	}
}
