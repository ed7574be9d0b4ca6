package rules

import "strings"

// wrongCase is an object with one mistake, and what is said of it.
type wrongCase struct{ kind, over, at, says string }

const (
	podAt       = "spec.template.spec"
	containerAt = podAt + ".containers[0]"
)

// inPod and inContainer are Jobs with something in their pods and their first containers.
func inPod(over, at, says string) wrongCase {
	return wrongCase{"Job", "{spec: {template: {spec: " + over + "}}}", podAt + "." + at, says}
}

func inContainer(fields, at, says string) wrongCase {
	return inPod(`{containers: [{name: a, image: "a:1", `+fields+`}]}`, strings.TrimPrefix("containers[0]."+at, "."), says)
}

func withVolume(source, at, says string) wrongCase {
	return inPod("{volumes: [{name: v, "+source+"}]}", "volumes[0]"+at, says)
}

func deployed(spec, at, says string) wrongCase {
	return wrongCase{"Deployment", "{spec: " + spec + "}", "spec." + at, says}
}

func served(spec, at, says string) wrongCase {
	return wrongCase{"Service", "{spec: " + spec + "}", "spec." + at, says}
}

func ran(spec, at, says string) wrongCase {
	return wrongCase{"Job", "{spec: " + spec + "}", "spec." + at, says}
}

func routed(spec, at, says string) wrongCase {
	return wrongCase{"HTTPRoute", "{spec: " + spec + "}", "spec." + at, says}
}

func ruled(rule, at, says string) wrongCase {
	return routed("{rules: [{"+rule+"}]}", "rules[0]."+at, says)
}

func filtered(filter, at, says string) wrongCase {
	return ruled("filters: ["+filter+"]", "filters[0]."+at, says)
}

func scheduled(spec, at, says string) wrongCase {
	return wrongCase{"CronJob", "{spec: " + spec + "}", "spec." + at, says}
}

var wrong = []wrongCase{
	routed(`{hostnames: [A.example.com]}`, "hostnames[0]", "host"),
	routed(`{hostnames: ["a.*.example.com"]}`, "hostnames[0]", "host"),
	routed(`{parentRefs: [{name: g}, {name: g}]}`, "parentRefs[1]", "duplicate"),
	routed(`{parentRefs: [{name: g, sectionName: a}, {name: g}]}`, "parentRefs[1].sectionName", "sections"),
	routed(`{parentRefs: [{kind: Gateway}]}`, "parentRefs[0].name", "no name"),
	routed(`{parentRefs: [{name: g, kind: "a b"}]}`, "parentRefs[0].kind", "kind"),
	routed(`{parentRefs: [{name: g, port: 0}]}`, "parentRefs[0].port", "65535"),
	routed(`{parentRefs: [{name: g, namespace: A}]}`, "parentRefs[0].namespace", "DNS label"),
	ruled(`name: A_B`, "name", "DNS name"),
	ruled(`matches: [{path: {value: v1}}]`, "matches[0].path.value", "/v1"),
	ruled(`matches: [{path: {value: /a/../b}}]`, "matches[0].path.value", "/../"),
	ruled(`matches: [{path: {value: /a/..}}]`, "matches[0].path.value", "/../"),
	ruled(`matches: [{path: {value: /a//b}}]`, "matches[0].path.value", "//"),
	ruled(`matches: [{path: {value: /a%2Fb}}]`, "matches[0].path.value", "%2F"),
	ruled(`matches: [{path: {value: "/a?b"}}]`, "matches[0].path.value", "path of a request"),
	ruled(`matches: [{path: {type: Prefix, value: /}}]`, "matches[0].path.type", "PathPrefix"),
	ruled(`matches: [{headers: [{name: "a b", value: c}]}]`, "matches[0].headers[0].name", "header"),
	ruled(`matches: [{headers: [{name: a, value: c}, {name: a, value: d}]}]`, "matches[0].headers[1]", "duplicate"),
	ruled(`matches: [{queryParams: [{name: a}]}]`, "matches[0].queryParams[0].value", "no value"),
	ruled(`matches: [{queryParams: [{name: a, value: c, type: Prefix}]}]`, "matches[0].queryParams[0].type", "RegularExpression"),
	ruled(`matches: [{method: get}]`, "matches[0].method", "GET"),
	ruled(`backendRefs: [{name: a}]`, "backendRefs[0].port", "no port"),
	ruled(`backendRefs: [{name: a, port: 80, weight: -1}]`, "backendRefs[0].weight", "1000000"),
	ruled(`timeouts: {request: 5 minutes}`, "timeouts.request", "duration"),
	ruled(`timeouts: {request: 5s, backendRequest: 6s}`, "timeouts.backendRequest", "longer"),
	ruled(`filters: [{type: CORS, cors: {}}, {type: CORS, cors: {}}]`, "filters[1]", "duplicate"),
	filtered(`{type: Nope}`, "type", "CORS"),
	filtered(`{type: URLRewrite}`, "urlRewrite", "no urlRewrite"),
	filtered(`{type: CORS, cors: {}, urlRewrite: {}}`, "urlRewrite", "another type"),
	filtered(`{type: RequestRedirect, requestRedirect: {statusCode: 200}}`, "requestRedirect.statusCode", "redirect"),
	filtered(`{type: RequestRedirect, requestRedirect: {scheme: ftp}}`, "requestRedirect.scheme", "https"),
	filtered(`{type: RequestRedirect, requestRedirect: {hostname: "*.a"}}`, "requestRedirect.hostname", "host"),
	filtered(`{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath}}}`, "urlRewrite.path.replaceFullPath", "needs"),
	filtered(`{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /, replacePrefixMatch: /}}}`, "urlRewrite.path.replacePrefixMatch", "ReplacePrefixMatch"),
	filtered(`{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 80}, percent: 101}}`, "requestMirror.percent", "100"),
	filtered(`{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 80}, fraction: {numerator: 101}}}`, "requestMirror.fraction.numerator", "100"),
	filtered(`{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}, {name: a, value: c}]}}`, "requestHeaderModifier.set[1]", "duplicate"),
	filtered(`{type: ExtensionRef, extensionRef: {group: a.b, kind: K}}`, "extensionRef.name", "no name"),
	ruled(`filters: [{type: RequestRedirect, requestRedirect: {}}], backendRefs: [{name: a, port: 80}]`, "filters[0].requestRedirect", "exclude"),
	ruled(`matches: [{path: {value: /a}}, {path: {value: /b}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]`,
		"filters[0].urlRewrite.path", "one match"),
	{"Job", `{metadata: {labels: {"a b": c}}}`, `metadata.labels["a b"]`, "key of a label"},
	{"Job", `{metadata: {labels: {a: "b c"}}}`, `metadata.labels.a`, "value of a label"},
	{"Job", `{metadata: {labels: {"": c}}}`, `metadata.labels[""]`, "key of a label"},
	{"Job", `{metadata: {annotations: {"a b": c}}}`, `metadata.annotations["a b"]`, "qualified name"},
	{"Job", `{metadata: {finalizers: [cleanup]}}`, `metadata.finalizers[0]`, "example.com/"},
	{"Job", `{metadata: {uid: x}}`, `metadata.uid`, "cluster"},
	{"Job", `{metadata: {ownerReferences: [{kind: Job}]}}`, `metadata.ownerReferences`, "uid"},
	{"Job", `{status: {active: 1}}`, `status`, "cluster"},
	{"Job", `{metadata: {finalizers: [foregroundDeletion, orphan]}}`, `metadata.finalizers[1]`, "contradict"},
	{"Job", "{spec: {template: {spec: {containers: [{name: a, image: a:1, args: [" + strings.Repeat(strings.Repeat("v", 100<<10)+", ", 16) + "]}]}}}}", "spec", "stores at most"},
	inContainer("args: ["+strings.Repeat("a", 128<<10)+"]", "args[0]", "131072 as an argument"),
	inContainer("command: ["+strings.Repeat("a", 128<<10)+"]", "command[0]", "131072 as an argument"),
	inContainer("env: [{name: A, value: "+strings.Repeat("v", 128<<10)+"}]", "env[0].value", "variable"),
	inPod(`{dnsPolicy: Nope}`, "dnsPolicy", "ClusterFirst"),
	inPod(`{os: {name: Windows}}`, "os.name", "windows"),
	inPod(`{preemptionPolicy: Sometimes}`, "preemptionPolicy", "Never"),
	inPod(`{subdomain: a.b}`, "subdomain", "DNS label"),
	inPod(`{runtimeClassName: Kata_1}`, "runtimeClassName", "DNS name"),
	inPod(`{serviceAccount: a, serviceAccountName: b}`, "serviceAccount", "serviceAccountName"),
	inPod(`{terminationGracePeriodSeconds: -1}`, "terminationGracePeriodSeconds", "negative"),
	inPod(`{activeDeadlineSeconds: 0}`, "activeDeadlineSeconds", "1 to"),
	inPod(`{hostPID: true, shareProcessNamespace: true}`, "shareProcessNamespace", "hostPID"),
	inPod(`{hostUsers: false, hostNetwork: true}`, "hostNetwork", "hostUsers"),
	inPod(`{hostnameOverride: a, setHostnameAsFQDN: true}`, "hostnameOverride", "setHostnameAsFQDN"),
	inPod(`{imagePullSecrets: [{name: a}, {name: a}]}`, "imagePullSecrets[1]", "duplicate"),
	inPod(`{readinessGates: [{conditionType: "not a type"}]}`, "readinessGates[0].conditionType", "qualified"),
	inPod(`{schedulingGates: [{name: a}, {name: a}]}`, "schedulingGates[1]", "duplicate"),
	inPod(`{dnsConfig: {nameservers: [dns.example.com]}}`, "dnsConfig.nameservers[0]", "IP"),
	inPod(`{dnsConfig: {searches: ["A"]}}`, "dnsConfig.searches[0]", "search"),
	inPod(`{dnsPolicy: None}`, "dnsConfig.nameservers", "nameserver"),
	inPod(`{hostAliases: [{ip: 010.0.0.1}]}`, "hostAliases[0].ip", "IP"),
	inPod(`{nodeSelector: {"a b": c}}`, `nodeSelector["a b"]`, "label"),
	inPod(`{nodeSelector: {beta.kubernetes.io/os: linux}}`, `nodeSelector["beta.kubernetes.io/os"]`, "kubernetes.io/os"),
	inPod(`{tolerations: [{operator: Exists, value: x, key: k}]}`, "tolerations[0].value", "Exists"),
	inPod(`{tolerations: [{key: k, tolerationSeconds: 3}]}`, "tolerations[0].tolerationSeconds", "NoExecute"),
	inPod(`{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: k, operator: Gt, values: ["-1"]}]}}]}}}`,
		"affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values[0]", "below 0"),
	inPod(`{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: k, labelSelector: {}, matchLabelKeys: [job-name, job-name]}]}}}`,
		"affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[1]", "duplicate"),
	inPod(`{topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}, {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]}`,
		"topologySpreadConstraints[1]", "zone"),
	inPod(`{topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 1, labelSelector: {}}]}`,
		"topologySpreadConstraints[0].minDomains", "DoNotSchedule"),
	inPod(`{securityContext: {runAsUser: -1}}`, "securityContext.runAsUser", "0 to"),
	inPod(`{securityContext: {seccompProfile: {type: Localhost}}}`, "securityContext.seccompProfile.localhostProfile", "localhostProfile"),
	inPod(`{securityContext: {sysctls: [{name: "A b", value: x}]}}`, "securityContext.sysctls[0].name", "kernel"),
	inPod(`{os: {name: windows}, hostPID: true}`, "hostPID", "linux"),
	inPod(`{securityContext: {windowsOptions: {hostProcess: true}}}`, "hostNetwork", "hostNetwork"),
	inPod(`{resourceClaims: [{name: g}]}`, "resourceClaims[0]", "template"),
	inPod(`{resources: {requests: {nvidia.com/gpu: 1}}}`, `resources.requests["nvidia.com/gpu"]`, "as a whole"),
	inPod(`{containers: []}`, "containers", "no container"),
	inPod(`{initContainers: [{name: a, image: b}]}`, "initContainers[0].name", "duplicate"),
	inPod(`{initContainers: [{name: i, image: b, livenessProbe: {tcpSocket: {port: 80}}}]}`, "initContainers[0].livenessProbe", "Always"),
	inPod(`{containers: [{name: a, image: "a:1", ports: [{containerPort: 1, name: web}]}, {name: b, image: b, ports: [{containerPort: 2, name: web}]}]}`,
		"containers[1].ports[0].name", "web"),
	{"Job", `{spec: {template: {metadata: {annotations: {container.seccomp.security.alpha.kubernetes.io/a: runtime/default}}}}}`,
		`spec.template.metadata.annotations["container.seccomp.security.alpha.kubernetes.io/a"]`, "seccompProfile"},

	inPod(`{containers: [{name: a}]}`, "containers[0].image", "no image"),
	inPod(`{containers: [{name: churn-trian}, {name: churn-train, image: b}]}`, "containers[0].image", "did you mean `churn-train`"),
	inPod(`{containers: [{name: a, image: "a "}]}`, "containers[0].image", "space"),
	inPod(`{containers: [{name: a, image: "a@sha256:12"}]}`, "containers[0].image", "64"),
	inPod(`{initContainers: [{name: i, image: "docker://b"}]}`, "initContainers[0].image", "scheme"),
	inPod(`{containers: [{name: a, image: "a:`+strings.Repeat("v", 129)+`"}]}`, "containers[0].image", "128"),
	inPod(`{containers: [{name: a, image: "ghcr.io/Acme/a:1"}]}`, "containers[0].image", "ghcr.io/acme/a:1"),
	inPod(`{containers: [{name: a, image: "a:"}]}`, "containers[0].image", "tag"),
	withVolume(`image: {reference: "a@md5:`+strings.Repeat("0", 32)+`"}`, ".image.reference", "sha256"),
	inContainer(`imagePullPolicy: Sometimes`, "imagePullPolicy", "IfNotPresent"),
	inContainer(`ports: [{containerPort: 70000}]`, "ports[0].containerPort", "65535"),
	inContainer(`ports: [{containerPort: 80, name: Web}]`, "ports[0].name", "a-z"),
	inContainer(`env: [{name: "A=B", value: x}]`, "env[0].name", "variable"),
	inContainer(`env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]`, "env[0].valueFrom", "value"),
	inContainer(`env: [{name: A, valueFrom: {configMapKeyRef: {name: c}}}]`, "env[0].valueFrom.configMapKeyRef.key", "key"),
	inContainer(`env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.phase}}}]`, "env[0].valueFrom.fieldRef.fieldPath", "podIP"),
	inContainer(`env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 3m}}}]`, "env[0].valueFrom.resourceFieldRef.divisor", "1m"),
	inContainer(`env: [{name: A, value: x}, {name: A, value: y}]`, "env[1].name", "duplicate"),
	inContainer(`envFrom: [{}]`, "envFrom[0]", "configMapRef"),
	inContainer(`volumeMounts: [{name: nope, mountPath: /x}]`, "volumeMounts[0].name", "no volume"),
	inContainer(`volumeDevices: [{name: nope, devicePath: /x}]`, "volumeDevices[0].name", "no volume"),
	inContainer(`livenessProbe: {tcpSocket: {port: 1}, httpGet: {path: /, port: 1}}`, "livenessProbe.tcpSocket", "only one"),
	inContainer(`livenessProbe: {grpc: {port: 70000}}`, "livenessProbe.grpc.port", "65535"),
	inContainer(`readinessProbe: {httpGet: {path: /, port: 1, scheme: https}}`, "readinessProbe.httpGet.scheme", "HTTPS"),
	inContainer(`lifecycle: {preStop: {}}`, "lifecycle.preStop", "sleep"),
	inContainer(`lifecycle: {preStop: {sleep: {seconds: 31}}}`, "lifecycle.preStop.sleep.seconds", "30"),
	inContainer(`resources: {limits: {cpu: 1}, requests: {cpu: 2}}`, "resources.limits.cpu", "below"),
	inContainer(`resources: {limits: {memory: 64m}}`, "resources.limits.memory", "bytes"),
	inContainer(`resources: {limits: {cpu: 100u}}`, "resources.limits.cpu", "thousandth"),
	inContainer(`resources: {limits: {hugepages-: 4Mi}}`, "resources.limits.hugepages-", "not the name"),
	inContainer(`resources: {limits: {hugepages-2Mi: 4Mi}}`, "resources.limits.hugepages-2Mi", "memory"),
	inContainer(`resources: {claims: [{name: g}]}`, "resources.claims[0]", "device claim"),
	inContainer(`resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]`, "resizePolicy[0].restartPolicy", "NotRequired"),
	inContainer(`restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]`, "restartPolicy", "restartPolicy"),
	inContainer(`securityContext: {appArmorProfile: {type: Runtime}}`, "securityContext.appArmorProfile.type", "RuntimeDefault"),
	inContainer(`securityContext: {allowPrivilegeEscalation: false, privileged: true}`, "securityContext.privileged", "allowPrivilegeEscalation"),
	withVolume(`configMap: {}`, ".configMap.name", "name"),
	withVolume(`emptyDir: {sizeLimit: -1Gi}`, ".emptyDir.sizeLimit", "negative"),
	withVolume(`emptyDir: {}, hostPath: {path: /x}`, ".emptyDir", "only one"),
	withVolume(`hostPath: {path: /a/../b}`, ".hostPath.path", "'..'"),
	withVolume(`secret: {secretName: s, defaultMode: 512}`, ".secret.defaultMode", "0777"),
	withVolume(`configMap: {name: c, items: [{key: a, path: x}, {key: b, path: x/y}]}`, ".configMap.items[1].path", "in the way"),
	withVolume(`downwardAPI: {items: [{path: a, fieldRef: {fieldPath: status.podIP}}]}`, ".downwardAPI.items[0].fieldRef.fieldPath", "metadata.labels"),
	withVolume(`projected: {sources: [{serviceAccountToken: {path: t}}]}`, ".projected.sources[0].serviceAccountToken", "serviceAccountName"),
	withVolume(`nfs: {server: s, path: x}`, ".nfs.path", "absolute"),
	withVolume(`csi: {driver: "a b"}`, ".csi.driver", "driver"),
	withVolume(`rbd: {monitors: [m], image: i}`, ".rbd", "no longer"),
	withVolume(`ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}`, ".ephemeral.volumeClaimTemplate.spec.resources.requests.storage", "size"),

	ran(`{backoffLimit: -1}`, "backoffLimit", "negative"),
	ran(`{completionMode: Indexd, completions: 1}`, "completionMode", "Indexed"),
	ran(`{selector: {matchLabels: {a: b}}}`, "selector", "Kubernetes"),
	ran(`{completionMode: Indexed}`, "completions", "completions"),
	ran(`{completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 5}`, "maxFailedIndexes", "3"),
	ran(`{backoffLimitPerIndex: 1}`, "backoffLimitPerIndex", "Indexed"),
	ran(`{podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {operator: In, values: [1]}}]}}`, "podFailurePolicy.rules[0].action", "backoffLimitPerIndex"),
	ran(`{podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [3, 1]}}]}}`, "podFailurePolicy.rules[0].onExitCodes.values", "[1, 3]"),
	ran(`{podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {containerName: b, operator: In, values: [1]}}]}}`, "podFailurePolicy.rules[0].onExitCodes.containerName", "it has a"),
	ran(`{completionMode: Indexed, completions: 3, successPolicy: {rules: [{succeededIndexes: "0,3"}]}}`, "successPolicy.rules[0].succeededIndexes", "below 3"),
	inPod(`{restartPolicy: Always}`, "restartPolicy", "OnFailure"),
	{"Job", `{metadata: {name: a.b}, spec: {completionMode: Indexed, completions: 3}}`, "spec.completions", "host name"},

	scheduled(`{schedule: not cron}`, "schedule", "five"),
	scheduled(`{timeZone: europe/rome}`, "timeZone", "Europe/Rome"),
	scheduled(`{successfulJobsHistoryLimit: -1}`, "successfulJobsHistoryLimit", "negative"),
	scheduled(`{jobTemplate: {metadata: {labels: {a: "b c"}}}}`, "jobTemplate.metadata.labels.a", "label"),

	deployed(`{replicas: -2}`, "replicas", "negative"),
	deployed(`{minReadySeconds: 900}`, "progressDeadlineSeconds", "900"),
	deployed(`{strategy: {type: Recreat}}`, "strategy.type", "Recreate"),
	deployed(`{strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 150%}}}`, "strategy.rollingUpdate.maxUnavailable", "100%"),
	deployed(`{strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}}`, "strategy.rollingUpdate.maxUnavailable", "replaced"),
	deployed(`{template: {metadata: {labels: {a: c}}}}`, "template.metadata.labels", "selector"),
	deployed(`{template: {spec: {activeDeadlineSeconds: 5}}}`, "template.spec.activeDeadlineSeconds", "end"),

	served(`{type: Nodeport}`, "type", "NodePort"),
	served(`{ports: [{port: 70000}]}`, "ports[0].port", "65535"),
	served(`{ports: [{port: 80, targetPort: ""}]}`, "ports[0].targetPort", "name of a port"),
	served(`{clusterIP: 10.0.0.1, ipFamilies: [IPv6]}`, "clusterIP", "no address of IPv6"),
	served(`{ports: [{port: 80, name: a}, {port: 81}]}`, "ports[1].name", "name"),
	served(`{ports: [{port: 80, nodePort: 30000}]}`, "ports[0].nodePort", "NodePort"),
	served(`{sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}}`, "sessionAffinityConfig", "ClientIP"),
	served(`{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2]}`, "clusterIPs", "clusterIP"),
	served(`{ipFamilies: [IPv5]}`, "ipFamilies[0]", "IPv6"),
	served(`{externalIPs: [10.0.0.1]}`, "externalIPs", "way out"),
	served(`{externalTrafficPolicy: Local}`, "externalTrafficPolicy", "LoadBalancer"),

	{"PersistentVolumeClaim", `{spec: {accessModes: []}}`, "spec.accessModes", "access mode"},
	{"PersistentVolumeClaim", `{spec: {resources: {requests: {storage: "0"}}}}`, "spec.resources.requests.storage", "above 0"},
	{"PersistentVolumeClaim", `{spec: {storageClassName: Fast_SSD}}`, "spec.storageClassName", "a-z"},
	{"PersistentVolumeClaim", `{spec: {dataSource: {kind: VolumeSnapshot, name: s}}}`, "spec.dataSource.kind", "apiGroup"},
	{"PersistentVolumeClaim", `{spec: {dataSource: {apiGroup: example.com, kind: Backup, name: s}}}`, "spec.dataSource", "dataSourceRef"},
	{"PersistentVolumeClaim", `{spec: {resources: {requests: {storage: 1Gi, example.com/iops: 10u}}}}`, `spec.resources.requests["example.com/iops"]`, "thousandth"},

	{"ResourceClaimTemplate", `{spec: {spec: {devices: {requests: [{name: gpu}]}}}}`, "spec.spec.devices.requests[0]", "exactly"},
	{"ResourceClaimTemplate", `{spec: {spec: {devices: {constraints: [{requests: [gpus], matchAttribute: resource.kubernetes.io/pcieRoot}]}}}}`,
		"spec.spec.devices.constraints[0].requests[0]", "no request"},

	{"ResourceClaimTemplate", `{spec: {metadata: {name: x}}}`, "spec.metadata.name", "not for a template"},
	{"ResourceClaimTemplate", `{spec: {metadata: {labels: {a: "b c"}}}}`, "spec.metadata.labels.a", "value of a label"},

	{"ConfigMap", `{data: {"a b": c}}`, `data["a b"]`, "key of a ConfigMap"},
	{"ConfigMap", `{binaryData: {a: YQ==}}`, `data.a`, "duplicate"},
	{"Secret", `{type: kubernetes.io/dockerconfigjson}`, `data[".dockerconfigjson"]`, "needs the key"},
	{"ServiceAccount", `{metadata: {annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}}`, `metadata.annotations["kubernetes.io/enforce-mountable-secrets"]`, "way out"},
	{"Secret", `{data: {a: YQ==}, stringData: {a: b}}`, `stringData.a`, "duplicate"},
	{"ServiceAccount", `{secrets: [{name: s, namespace: other}]}`, `secrets[0].namespace`, "known by its name"},
	{"HorizontalPodAutoscaler", `{spec: {metrics: [{type: ContainerResource, containerResource: {name: hugepages-, container: a, target: {type: Utilization, averageUtilization: 5}}}]}}`, "spec.metrics[0].containerResource.name", "not the name"},
	{"HorizontalPodAutoscaler", `{spec: {minReplicas: 5}}`, "spec.maxReplicas", "below minReplicas"},
	{"HorizontalPodAutoscaler", `{spec: {metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization}}}]}}`, "spec.metrics[0].resource.target.averageUtilization", "missing"},
	{"HorizontalPodAutoscaler", `{spec: {metrics: [{type: Pods, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}}`, "spec.metrics[0].resource", "under pods"},
	{"HorizontalPodAutoscaler", `{spec: {behavior: {scaleUp: {stabilizationWindowSeconds: 4000}}}}`, "spec.behavior.scaleUp.stabilizationWindowSeconds", "3600"},
	{"PodDisruptionBudget", `{spec: {maxUnavailable: 1}}`, "spec.maxUnavailable", "only one"},
	{"PodDisruptionBudget", `{spec: {selector: {matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}}}`, "spec.selector.matchExpressions[0].operator", "DoesNotExist"},
	{"PodDisruptionBudget", `{spec: {minAvailable: half}}`, "spec.minAvailable", "percentage"},
	{"NetworkPolicy", `{spec: {ingress: [{ports: [{port: 70000}]}]}}`, "spec.ingress[0].ports[0].port", "65535"},
	{"NetworkPolicy", `{spec: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}}`, "spec.egress[0].to[0].ipBlock.except[0]", "no part"},
	{"Ingress", `{spec: {rules: [{host: 10.0.0.1}]}}`, "spec.rules[0].host", "host"},
	{"Ingress", `{spec: {defaultBackend: {service: {port: {name: web}}}}}`, "spec.defaultBackend.service.port.number", "only one"},
}
