package compiler

import "fmt"

// The second list was drawn up from what people write, after the rules: other issuers, other programs, other places.

// upper is what AWS, Google and others make names of.
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func arg(text string) any { return map[string]any{"args": []any{text}} }

func shell(text string) any {
	return map[string]any{"command": []any{"bash", "-ec"}, "args": []any{text}}
}

func env(name, value string) any {
	return map[string]any{"envs": []any{map[string]any{"name": name, "value": value}}}
}

func file(text string) any {
	return map[string]any{"files": map[string]any{"/etc/churn/settings": text}}
}

// moreSecrets are secrets where people put them.
func (d dice) moreSecrets() []any {
	key := func() string { return d.text(26, alphabet) + "7" }
	aws := func() string { return d.text(18, alphabet) + "/" + d.text(12, base64Text) + "3/" + d.text(7, alphabet) }
	var all []any
	for range 2 {
		all = append(all,
			env("AWS_SECRET_ACCESS_KEY", aws()), file("[default]\naws_access_key_id = ASIA"+d.text(16, upper)+"\naws_secret_access_key = "+aws()+"\n"),
			shell("aws configure set aws_secret_access_key "+aws()), arg("--aws-secret-access-key="+aws()), env("aws_session_token", d.text(200, base64Text)+"=="),
			env("MLFLOW_TRACKING_PASSWORD", key()), env("WANDB_API_KEY", d.text(40, hexadecimal)), env("OPENAI_API_KEY", "sk-proj-"+d.text(74, alphabet)), env("ANTHROPIC_API_KEY", "sk-ant-api03-"+d.text(93, alphabet)+"AA"),
			shell("export OPENAI_API_KEY='sk-"+d.text(48, alphabet)+"'; python serve.py"), shell("huggingface-cli login --token hf_"+d.text(34, alphabet)), shell("HF_TOKEN=hf_"+d.text(34, alphabet)+" python train.py"),
			shell("pip install --index-url https://__token__:pypi-"+d.text(120, alphabet)+"@pypi.acme.example/simple churn"), shell("npm config set //npm.acme.example/:_authToken npm_"+d.text(36, alphabet)),
			file("//npm.acme.example/:_authToken="+key()+"\n"), file("[pypi]\nusername = __token__\npassword = pypi-"+d.text(100, alphabet)+"\n"),
			shell("git clone https://oauth2:glpat-"+d.text(20, alphabet)+"@gitlab.acme.example/ml/churn.git"), shell("git clone https://x-access-token:ghs_"+d.text(36, alphabet)+"@github.com/acme/churn"),
			arg("--slack-webhook=https://hooks.slack.com/services/T"+d.text(10, upper)+"/B"+d.text(10, upper)+"/"+d.text(24, alphabet)), env("ALERTS", "https://discord.com/api/webhooks/"+d.text(18, "123456789")+"/"+d.text(68, alphabet)),
			env("NOTIFY", "https://acme.webhook.office.com/webhookb2/"+d.text(36, hexadecimal)+"@"+d.text(36, hexadecimal)+"/IncomingWebhook/"+d.text(32, hexadecimal)),
			env("STRIPE", "rk_"+"live_"+d.text(24, alphabet)), env("SLACK", "xoxp-"+d.text(12, "0123456789")+"-"+d.text(12, "0123456789")+"-"+d.text(32, hexadecimal)),
			env("AZURE_CLIENT_SECRET", d.text(3, alphabet)+"8Q~"+d.text(34, alphabet)), env("CONNECTION", "DefaultEndpointsProtocol=https;AccountName=acmeml;AccountKey="+d.text(86, base64Text)+"==;EndpointSuffix=core.windows.net"),
			arg("https://acmeml.blob.core.windows.net/data?sv=2022-11-02&ss=b&sig="+d.text(43, alphabet)+"%3D"), env("EVENTS", "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey="+d.text(43, base64Text)+"="),
			file(`{"type": "service_account", "private_key_id": "`+d.text(40, hexadecimal)+`", "private_key": "-----BEGIN PRIVATE`+` KEY-----\n`+d.text(64, base64Text)+`"}`), env("GOOGLE_API_KEY", "AIza"+d.text(35, alphabet)),
			env("DATABASE_URL", "postgresql+psycopg://churn:"+key()+"@db.acme.example:5432/churn?sslmode=require"), env("DSN", "host=db user=churn password="+key()+" dbname=churn"),
			env("ODBC", "Driver={ODBC Driver 18};Server=tcp:db,1433;Uid=churn;Pwd="+key()+";Encrypt=yes"), env("JDBC", "jdbc:postgresql://db/churn?user=churn&password="+key()), env("BROKER", "amqps://churn:"+key()+"@mq.acme.example/churn"),
			file("redis:\n  host: cache\n  password: "+key()+"\n"), file("DB_PASSWORD="+key()+"\nDB_HOST=db\n"), file("[database]\npassword = \""+key()+"\"\n"), file(`{"auth": {"clientSecret": "`+key()+`"}}`), file("<property name=\"password\">"+key()+"</property>"),
			shell("curl -sS -H \"Authorization: Bearer "+key()+"\" https://api.acme.example/v1"), shell("curl -u churn:"+key()+" https://api.acme.example"), shell("curl -H 'PRIVATE-TOKEN: glpat-"+d.text(20, alphabet)+"' https://gitlab.acme.example"),
			shell("curl --header 'X-Vault-Token: hvs."+d.text(90, alphabet)+"' https://vault.acme.example"), shell("PGPASSWORD="+key()+" psql -h db churn"), shell("mysql -h db -u churn --password="+key()+" churn"), shell("docker login -u churn -p dckr_pat_"+d.text(27, alphabet)),
			shell("echo "+key()+" | docker login --password-stdin; export REGISTRY_TOKEN="+key()), arg("--auth-token="+key()), arg("--api_key="+key()), map[string]any{"args": []any{"--hf-token", "hf_" + d.text(34, alphabet)}}, map[string]any{"args": []any{"--db-password", key()}},
			map[string]any{"probes": map[string]any{"readiness": map[string]any{"headers": map[string]any{"Authorization": "Bearer " + key()}}}}, map[string]any{"annotations": map[string]any{"acme.example/hook": "https://hooks.slack.com/services/T" + d.text(9, upper) + "/B" + d.text(9, upper) + "/" + d.text(24, alphabet)}},
			env("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJ"+d.text(60, alphabet)+"."+d.text(43, alphabet)), env("COMET_API_KEY", d.text(25, alphabet)+"2"), env("NEPTUNE_API_TOKEN", "eyJ"+d.text(120, alphabet)+"=="), env("NGC_API_KEY", "nvapi-"+d.text(64, alphabet)),
			env("LANGSMITH_API_KEY", "lsv2_"+"pt_"+d.text(32, hexadecimal)+"_"+d.text(10, hexadecimal)), env("REPLICATE", "r8_"+d.text(37, alphabet)), env("GRAFANA", "glsa_"+d.text(32, alphabet)+"_"+d.text(8, hexadecimal)), env("SENDGRID", "SG."+d.text(22, alphabet)+"."+d.text(43, alphabet)),
			env("DATABRICKS", "dapi"+d.text(32, hexadecimal)), env("KAGGLE_KEY", d.text(32, hexadecimal)), env("DD_API_KEY", d.text(32, hexadecimal)), env("SENTRY_AUTH_TOKEN", "sntrys_"+d.text(80, alphabet)), env("SNOWFLAKE_PASSWORD", key()),
			file("Host *\n-----BEGIN OPENSSH PRIVATE"+" KEY-----\n"+d.text(64, base64Text)+"\n"), file("machine api.acme.example login churn password "+key()+"\n"), env("SOPS_AGE_KEY", "AGE-SECRET-KEY-1"+d.text(58, "0123456789ACDEFGHJKLMNPQRSTUVWXYZ")),
			env("TWILIO_AUTH_TOKEN", d.text(32, hexadecimal)), env("DJANGO_SECRET_KEY", d.text(50, alphabet+"!@#%&*-_=+")+"5a"), env("ENCRYPTION_KEY", d.text(43, base64Text)+"="), env("dbPassword", key()),
			map[string]any{"extra": []any{map[string]any{"kind": "ConfigMap", "data": map[string]any{"DB_PASSWORD": key()}}}}, arg("https://s3.acme.example/churn?X-Amz-Credential=churn&X-Amz-Signature="+d.text(64, hexadecimal)), env("MINIO_ROOT_PASSWORD", key()),
		)
	}
	return all
}

// moreInnocents are what stands in real runs and looks like secrets to a hasty eye.
func (d dice) moreInnocents() []any {
	digest, commit := d.text(64, hexadecimal), d.text(40, hexadecimal)
	id := fmt.Sprintf("%s-%s-4%s-a%s-%s", d.text(8, hexadecimal), d.text(4, hexadecimal), d.text(3, hexadecimal), d.text(3, hexadecimal), d.text(12, hexadecimal))
	texts := []string{
		"arn:aws:kms:eu-west-1:123456789012:key/" + id, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/churn/db-AbC123", "arn:aws:iam::123456789012:role/eks-churn-S3ReadOnlyAccess1",
		"<|begin_of_text|>", "<|start_header_id|>system<|end_header_id|>", "<s>[INST]", "</s>", "--eos-token=<|eot_id|>", "--pad-token <|finetune_right_pad_id|>", "--stop-token-ids=128001,128009",
		"--hf-token=<HF_TOKEN>", "password: <set-in-vault-01>", "API_KEY=your_api_key_here_1", "token: changeme-please-1", "password=CHANGE_ME_123", "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx", "secret: REPLACE_WITH_SECRET_1",
		"--token=${HF_TOKEN}", "--token=$(HF_TOKEN)", "--password=$DB_PASSWORD1", "password: ${DB_PASSWORD:?unset1}", "token={{ .Values.token1 }}", "password: !vault/db1", "export TOKEN=$(aws secretsmanager get-secret-value --secret-id churn1)",
		"password: vault:secret/data/db#password1", "token: ref+vault://secret/churn1#/token", "api_key: op://ml/openai/credential1", "password: ENC[AES256_GCM,data:" + d.text(12, base64Text) + ",iv:" + d.text(12, base64Text) + ",type:str]", "secret: sops:churn1", "password: projects/acme/secrets/db-password/versions/1",
		"registry.acme.example/ml/sk-inference-server-cuda12:1.4.2", "ghcr.io/acme/sk-" + "learn-text-classifier-large-v2:0.9", "ghcr.io/acme/token-service@sha256:" + digest, "image=nvcr.io/nvidia/pytorch:24.05-py3", "sha256:" + digest, digest, commit, id, "run-id=" + id, "--revision=" + commit, "git checkout " + commit,
		"models--meta-llama--Llama-3.1-8B/snapshots/" + commit, "etag: \"" + d.text(32, hexadecimal) + "\"", "sha512-" + d.text(86, base64Text) + "==", "md5=" + d.text(32, hexadecimal), "checksum/config: " + digest,
		"pip install torch==2.3.1 --extra-index-url https://download.pytorch.org/whl/cu121 --hash=sha256:" + digest, "flash-attn==2.5.8", "churn-7b-instruct-q4_k_m.gguf", "Qwen/Qwen2.5-Coder-32B-Instruct-AWQ",
		"--max-num-batched-tokens=8192", "--token-limit 200000", "--num-tokens=1e9", "--tokenizer-mode=mistral", "--tokenizer /models/llama3-tokenizer", "tokens_per_second=1250.5", "--max-tokens-per-batch=16384", "total_tokens: 15T", "secret_manager: gcp-sm1", "--key-column=customer_id_2024", "primary_key: order_id1", "partition_keys: [dt1, hour2]",
		"--secret-store=aws-secretsmanager-1", "--token-file=/var/run/secrets/tokens/vault-token1", "--tls-private-key-file=/etc/tls/tls.key1", "--password-path /run/secrets/db1", "AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token", "GOOGLE_APPLICATION_CREDENTIALS=/etc/gcp/key1.json", "credentials: /etc/creds/churn1.json",
		"https://login.microsoftonline.com/" + id + "/oauth2/v2.0/token", "https://acme.example/reset-password?next=/home1", "s3://acme-secrets-bucket/churn/2024-06-01/part-00001.parquet", "gs://acme-tokens/tokenizer-v2/merges.txt", "postgres://db.acme.example:5432/churn", "postgresql://$(PGUSER):$(PGPASSWORD)@db/churn", "mongodb://db1:27017,db2:27017/churn", "redis://cache.acme.svc:6379/1", "amqp://guest@mq/",
		"Authorization: Bearer ${API_TOKEN}", "curl -H \"Authorization: Bearer $TOKEN\" https://api.acme.example", "curl -H \"X-Api-Key: $(API_KEY)\" https://api.acme.example", "-H 'PRIVATE-TOKEN: <token>'",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + d.text(43, base64Text) + " churn@acme", "-----BEGIN CERTIFICATE-----\n" + d.text(64, base64Text), "-----BEGIN PUBLIC KEY-----\n" + d.text(64, base64Text), "kid: " + d.text(16, hexadecimal), "key_id=" + d.text(20, alphabet), "client_id: " + d.text(20, alphabet), "access_key_id_env: AWS_KEY_1",
		"NCCL_SOCKET_IFNAME=eth0,eth1", "CUDA_VISIBLE_DEVICES=0,1,2,3", "TORCH_CUDA_ARCH_LIST=8.0;9.0+PTX", "PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True,max_split_size_mb:512", "TOKENIZERS_PARALLELISM=false", "--monkey=banana2024", "keyboard: us-intl2", "hockey: team12345",
		"author: jane.doe+churn1@acme.example", "password policy: at least 12 characters", "the token bucket holds 1000 requests", "key: value1", "passes=12", "num_passes: 3", "bypass_cache_v2: true1", "compass=north1234", "pass_rate: 0.98765", "passthrough: enabled1",
	}
	all := []any{
		map[string]any{"extra": []any{map[string]any{"kind": "ExternalSecret", "spec": map[string]any{"data": []any{map[string]any{"secretKey": "DB_PASSWORD1", "remoteRef": map[string]any{"key": "prod/churn/db-1"}}}}}}},
		map[string]any{"volumes": []any{map[string]any{"name": "tls", "secret": "churn-tls-4f5d8b"}}}, map[string]any{"headers": map[string]any{"Authorization": "Bearer $(TOKEN)"}}, env("CACHE_KEY", digest),
	}
	for _, text := range texts {
		all = append(all, arg(text), file("# settings\n"+text+"\n"))
	}
	for name, value := range map[string]string{
		"TOKENIZER_PATH": "/models/llama3/tok.model1", "KEY_VAULT_NAME": "acme-kv-1", "PUBLIC_KEY": "/etc/tls/pub1.pem", "PASSWORD_MIN_LENGTH": "12", "HF_TOKEN_PATH": "/run/hf/token1", "TOKEN_ENDPOINT": "https://acme.example/oauth2/token1", "CACHE_KEY_PREFIX": "churn-v2-eu1",
		"AWS_ACCESS_KEY_ID_FILE": "/etc/aws/id1", "SECRET_PROVIDER": "aws-sm-v2", "MAX_TOKENS": "4096", "STOP_TOKEN": "<|eot_id|>", "API_KEY_HEADER_NAME": "x-api-key-1", "AUTH_TOKEN_TTL": "3600s", "MODEL_REVISION": commit, "GIT_COMMIT": commit, "IMAGE_DIGEST": "sha256:" + digest, "RUN_UUID": id,
	} {
		all = append(all, env(name, value))
	}
	return all
}
