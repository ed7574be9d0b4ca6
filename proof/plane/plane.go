package plane

import (
	"context"
	"os"
	"time"

	"berth/proof/product/cluster"

	"github.com/go-logr/logr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// plane is a running control plane with its machines.
type plane struct {
	*cluster.Cluster
	client kubernetes.Interface
	any    client.Client
	seen   client.Reader // what a watch brought: asking again and again would keep the API server busy
	argo   *argoCD
	stop   func()
}

// controllers are those that make something of what Berth writes. Those of nodes would find that no kubelet reports.
const controllers = "deployment-controller,replicaset-controller,job-controller,cronjob-controller,garbage-collector-controller," +
	"endpointslice-controller,persistentvolume-binder-controller,persistentvolumeclaim-protection-controller," +
	"ttl-after-finished-controller,pod-garbage-collector-controller,resourceclaim-controller"

// binaryEnv names a control plane to run instead of building one.
const binaryEnv = "PLANE_BINARY"

// startPlane builds and starts everything, and Argo CD where it is wanted; its state is in dir.
func startPlane(dir string, withArgoCD bool) (*plane, error) {
	binary := os.Getenv(binaryEnv)
	if binary == "" {
		var err error
		if binary, err = cluster.Build(dir); err != nil {
			return nil, err
		}
	}
	c, err := cluster.Start(binary, dir, "")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &plane{Cluster: c, stop: cancel}
	p.stop = func() {
		cancel()
		if p.argo != nil {
			p.argo.stop()
		}
		c.Stop()
	}
	err = p.populate(ctx)
	if err == nil && withArgoCD {
		p.argo, err = startArgoCD(dir, c.Kubeconfig)
	}
	if err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// watch keeps what the API server tells of every kind that is asked for.
func watch(ctx context.Context, config *rest.Config) (client.Reader, error) {
	seen, err := cache.New(config, cache.Options{})
	if err != nil {
		return nil, err
	}
	go func() { _ = seen.Start(ctx) }()
	if !seen.WaitForCacheSync(ctx) {
		return nil, ctx.Err()
	}
	for _, list := range lists() { // the first time waits until all is there
		if err := seen.List(ctx, list); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

func (p *plane) populate(ctx context.Context) error {
	config := &rest.Config{
		Host: p.Address, BearerToken: p.Token, TLSClientConfig: rest.TLSClientConfig{Insecure: true},
		QPS: 500, Burst: 1000, Timeout: time.Minute,
	}
	log.SetLogger(logr.Discard())
	var err error
	if p.client, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	if p.any, err = client.New(config, client.Options{}); err != nil {
		return err
	}
	if p.seen, err = watch(ctx, config); err != nil {
		return err
	}
	if err := addMachines(ctx, p.client, p.seen, 8); err != nil {
		return err
	}
	if err := p.Run("controller-manager", "--controllers="+controllers, "--kube-api-qps=500", "--kube-api-burst=1000"); err != nil {
		return err
	}
	return p.Run("scheduler", "--kube-api-qps=500", "--kube-api-burst=1000")
}
