{{/* A Deployment of silos of one role, with its disruption budget. Takes a dict: root (the top of the values), role, and values (the role's own). */}}
{{- define "ingestion.silos" -}}
{{- $root := .root }}
{{- $name := printf "%s-%s" (include "ingestion.name" $root) .role }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "ingestion.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: 10
  progressDeadlineSeconds: 900
  # One more, then one less: no silo goes before its successor takes requests.
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels:
      {{- include "ingestion.selector" $root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
  template:
    metadata:
      labels:
        {{- include "ingestion.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ .role }}
        # By these silos find each other's pods. They are there without cluster.kubernetes too: a silo that begins to look must find the pods of all others.
        orleans/serviceId: {{ $root.Values.cluster.serviceId | quote }}
        orleans/clusterId: {{ $root.Values.cluster.clusterId | quote }}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "8080"
        prometheus.io/path: /metrics
        {{- with $root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "ingestion.name" $root }}
      automountServiceAccountToken: {{ $root.Values.cluster.kubernetes.enabled }}
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      # A stop begins with readiness that falls, so it needs no preStop: balancers notice while the silo serves on.
      terminationGracePeriodSeconds: {{ add $root.Values.cluster.unreadySeconds $root.Values.cluster.drainSeconds 25 }}
      # The mounted certificate and the data folder belong to the silo's group.
      securityContext: {fsGroup: 1654, fsGroupChangePolicy: OnRootMismatch}
      topologySpreadConstraints:
        {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "ingestion.selector" $root | nindent 14 }}
              app.kubernetes.io/component: {{ $.role }}
        {{- end }}
      {{- with $root.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: silo
          image: {{ include "ingestion.image" $root | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            {{- include "ingestion.containerSecurity" $root | nindent 12 }}
          ports:
            - {name: http, containerPort: 8080}
            - {name: silo, containerPort: {{ $root.Values.cluster.siloPort }}}
          env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            {{- if $root.Values.cluster.kubernetes.enabled }}
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
            {{- end }}
            - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            - {name: Ingestion__Roles, value: {{ .role }}}
            - {name: Ingestion__Cluster__SiloName, value: $(POD_NAME)}
            - {name: Ingestion__Cluster__AdvertisedAddress, value: $(POD_IP)}
            - {name: Ingestion__Cluster__UnreadySeconds, value: {{ $root.Values.cluster.unreadySeconds | quote }}}
            - name: Ingestion__Cluster__ConnectionString
              valueFrom: {secretKeyRef: {name: {{ $root.Values.database.existingSecret | quote }}, key: {{ $root.Values.database.key | quote }}}}
            {{- include "ingestion.environment" $root | nindent 12 }}
          {{- include "ingestion.environmentFrom" $root | nindent 10 }}
          # A silo waits for its database without end: it is not killed for that within ten minutes.
          startupProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 2, failureThreshold: 300}
          livenessProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
          readinessProbe: {httpGet: {path: /health/ready, port: http}, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 2}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: /data}
            - {name: tmp, mountPath: /tmp}
            {{- if $root.Values.cluster.tls.existingSecret }}
            - {name: tls, mountPath: /etc/ingestion/tls, readOnly: true}
            {{- end }}
      volumes:
        # Parts on their way and working files of the media tools; nothing that was acknowledged is here alone.
        - {name: data, emptyDir: {sizeLimit: {{ .values.dataSize }}}}
        # The diagnostic port of the runtime, a socket, for surveys of the heap.
        - {name: tmp, emptyDir: {sizeLimit: 1Mi}}
        {{- if $root.Values.cluster.tls.existingSecret }}
        - {name: tls, secret: {secretName: {{ $root.Values.cluster.tls.existingSecret | quote }}, defaultMode: 0440}}
        {{- end }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels:
    {{- include "ingestion.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "ingestion.selector" $root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
{{- end }}
