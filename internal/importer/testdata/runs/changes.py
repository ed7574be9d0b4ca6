import digitalhub as dh

train = dh.new_function(name="train", kind="container", image="ghcr.io/acme/train:1")
args = ["--epochs", "10"]
fixed = {"cpu": "4"}
envs = [{"name": "A", "value": "1"}]
envs[0] = {"name": "A", "value": "2"}
for lr in ["0.1", "0.01"]:
    train.run("job", args=["--lr", lr], resources=fixed)
first, second = "a", "b"
train.run("job", working_dir=first, args=args, envs=envs)
if fast: args = ["--epochs", "1"]
with open("x") as profile:
    pass
train.run("job", args=args, profile=profile)
image = "x:1"
image = "x:2"
train.run("job", image=image)
def later():
    train.run("job", image=image)
