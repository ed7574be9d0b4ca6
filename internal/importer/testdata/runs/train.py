import digitalhub as dh

project = dh.get_or_create_project("churn")

# Comments and "strings (with brackets" do not matter.
GPU = "a100-40gb"
volumes = [{
    "volume_type": "persistent_volume_claim",
    "name": "my-pvc",
    "mount_path": "/data",
    "spec": {"claim_name": "pvc-name-on-k8s"},
}]
common = dict(fs_group=1000, backoff_limit=3)

churn_train = project.new_function(
    name="churn-train", kind="container",
    image="ghcr.io/acme/churn:1.4", command="python", args=["train.py", '--epochs', "10"])

run = churn_train.run(
    "job",
    profile=GPU,
    volumes=volumes,
    resources={"cpu": {"requests": "12", "limits": "16"}, "mem": {"requests": "64Gi"}},
    node_selector={"key": "zone", "value": "a"},
    secrets=["my-secret"],
    envs=[{"name": "LEVEL", "value": "1"}, dict(name="MODE", value='it''s')],
    schedule="0 0 * * *",
    wait=True,
    priority_class=None,
    parallelism=count(),
    **common,
)

if __name__ == "__main__":
    serve = project.new_function(name="churn-serve", image="ghcr.io/acme/serve:2"); serve.run(action="serve", replicas=3, service_type="NodePort",
        service_ports=[{"port": 80, "target_port": 80}])
    with open("x") as f:
        again = churn_train.run(action="job", active_deadline_seconds=-1)
    unknown.run(f"job")
