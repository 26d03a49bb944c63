{{/* Names and labels. The selector never changes: a Deployment refuses another one. */}}
{{- define "ingestion.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "ingestion.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ingestion.labels" -}}
{{ include "ingestion.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "ingestion.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What keeps others from the port between silos. */}}
{{- define "ingestion.checks" -}}
{{- if and (not .Values.cluster.tls.existingSecret) (not .Values.networkPolicy.enabled) }}
{{- fail "The silo port is open: set cluster.tls.existingSecret, or networkPolicy.enabled=true with a network plugin that enforces policies." }}
{{- end }}
{{- end }}

{{- define "ingestion.containerSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* Environment of everything that runs the image. */}}
{{- define "ingestion.environment" -}}
- {name: Ingestion__Cluster__Kind, value: postgres}
- {name: Ingestion__Cluster__ServiceId, value: {{ .Values.cluster.serviceId | quote }}}
- {name: Ingestion__Cluster__ClusterId, value: {{ .Values.cluster.clusterId | quote }}}
- {name: Ingestion__Cluster__SiloPort, value: {{ .Values.cluster.siloPort | quote }}}
{{- if not .Values.cluster.kubernetes.enabled }}
- {name: Ingestion__Cluster__Kubernetes, value: "off"}
{{- end }}
- {name: Ingestion__Cluster__DrainSeconds, value: {{ .Values.cluster.drainSeconds | quote }}}
{{- if .Values.cluster.tls.existingSecret }}
- {name: Ingestion__Cluster__Tls__Certificate, value: /etc/ingestion/tls/tls.crt}
- {name: Ingestion__Cluster__Tls__Key, value: /etc/ingestion/tls/tls.key}
- {name: Ingestion__Cluster__Tls__Authority, value: /etc/ingestion/tls/ca.crt}
{{- else }}
# The network policy lets nothing but silos to the silo port.
- {name: Ingestion__Cluster__Tls__Disabled, value: "true"}
{{- end }}
- {name: Ingestion__Store, value: s3}
- {name: Ingestion__S3__Bucket, value: {{ required "store.bucket must be set" .Values.store.bucket | quote }}}
{{- if .Values.store.region }}
- {name: Ingestion__S3__Region, value: {{ .Values.store.region | quote }}}
{{- end }}
{{- if .Values.store.serviceUrl }}
- {name: Ingestion__S3__ServiceUrl, value: {{ .Values.store.serviceUrl | quote }}}
{{- end }}
- {name: Ingestion__S3__PathStyle, value: {{ .Values.store.pathStyle | quote }}}
- {name: Ingestion__Queue, value: sqs}
- {name: Ingestion__Sqs__QueueUrl, value: {{ required "queue.url must be set" .Values.queue.url | quote }}}
- {name: Ingestion__Sqs__DeadLetterQueueUrl, value: {{ required "queue.deadLetterUrl must be set" .Values.queue.deadLetterUrl | quote }}}
{{- if .Values.queue.region }}
- {name: Ingestion__Sqs__Region, value: {{ .Values.queue.region | quote }}}
{{- end }}
{{- if .Values.queue.serviceUrl }}
- {name: Ingestion__Sqs__ServiceUrl, value: {{ .Values.queue.serviceUrl | quote }}}
{{- end }}
{{- if .Values.http.publicUrl }}
- {name: Ingestion__Http__PublicUrl, value: {{ .Values.http.publicUrl | quote }}}
{{- end }}
- {name: Ingestion__Http__TrustedProxies, value: {{ .Values.http.trustedProxies | quote }}}
- name: Ingestion__Token__Key
  valueFrom: {secretKeyRef: {name: {{ .Values.token.existingSecret | quote }}, key: {{ .Values.token.key | quote }}}}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name | quote }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "ingestion.environmentFrom" -}}
{{- if .Values.aws.existingSecret }}
envFrom:
  - secretRef: {name: {{ .Values.aws.existingSecret | quote }}}
{{- end }}
{{- end }}
