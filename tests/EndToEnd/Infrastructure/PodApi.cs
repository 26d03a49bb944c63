using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// The part of Kubernetes' API that has the pods of a namespace, with a certificate and a token as pods find them in <c>/var/run/secrets</c>: get, patch,
/// list and watch.
/// </summary>
internal sealed class PodApi : IAsyncDisposable
{
    public const string Namespace = "videos";

    private const string Pods = $"/api/v1/namespaces/{Namespace}/pods";
    private const string Token = "made-up";

    private readonly TempFolder _account = new();
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonObject> _pods = [];
    private readonly ConcurrentDictionary<Channel<string>, (string? Selector, bool IsEndless)> _watches = [];

    private PodApi(WebApplication app) => _app = app;

    /// <summary>What came, as <c>patch one</c>, <c>list</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>What is forbidden: one of <c>get</c>, <c>patch</c>, <c>list</c> and <c>watch</c>.</summary>
    public string? Forbidden { get; set; }

    /// <summary>A silo's place whose container has the service account.</summary>
    public SiloPlace Place => new(
        "127.0.0.1",
        Mounts: "mount -t tmpfs tmpfs \"$(readlink -f /var/run)\"; mkdir -p /var/run/secrets/kubernetes.io; "
            + $"ln -s {_account.Path} /var/run/secrets/kubernetes.io/serviceaccount");

    /// <summary>How many requests watch until they are ended.</summary>
    public int Watches => _watches.Values.Count(watch => watch.IsEndless);

    private int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<PodApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = SelfSigned(key);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var api = new PodApi(builder.Build());
        await File.WriteAllTextAsync(api._account.In("ca.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(api._account.In("token"), Token);
        await File.WriteAllTextAsync(api._account.In("namespace"), Namespace);
        api._app.Use(api.CheckAsync);
        api._app.MapGet($"{Pods}/{{name}}", (string name) => api.OfPod("get", name, pod => pod));
        api._app.MapPatch($"{Pods}/{{name}}", api.PatchAsync);
        api._app.MapGet(Pods, api.ListAsync);
        await api._app.StartAsync();
        return api;
    }

    /// <summary>The variables of a pod's container.</summary>
    public (string Name, string Value)[] VariablesOf(string pod) =>
    [
        ("KUBERNETES_SERVICE_HOST", "127.0.0.1"), ("KUBERNETES_SERVICE_PORT", $"{Port}"), ("POD_NAMESPACE", Namespace), ("POD_NAME", pod),
    ];

    /// <summary>A pod without labels.</summary>
    public void Add(string pod) => _pods[pod] = new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = pod, ["namespace"] = Namespace, ["labels"] = new JsonObject() },
    };

    /// <summary>Its labels, as <c>a=b,c=d</c>.</summary>
    public string LabelsOf(string pod)
    {
        lock (_pods)
            return string.Join(',', LabelsOf(_pods[pod]).Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal));
    }

    public void Remove(string pod)
    {
        Assert.True(_pods.TryRemove(pod, out var removed));
        foreach (var (watch, (selector, _)) in _watches)
        {
            if (IsSelected(removed, selector))
                watch.Writer.TryWrite(Event("DELETED", removed));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches.Keys)
            watch.Writer.TryComplete();
        await _app.DisposeAsync();
        _account.Dispose();
    }

    private Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Authorization == $"Bearer {Token}")
            return next(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private IResult OfPod(string verb, string name, Func<JsonObject, JsonObject> use)
    {
        Requests.Enqueue($"{verb} {name}");
        if (Forbidden == verb)
            return Refuse(StatusCodes.Status403Forbidden);
        lock (_pods)
            return _pods.TryGetValue(name, out var pod) ? Results.Text(use(pod).ToJsonString(), "application/json") : Refuse(StatusCodes.Status404NotFound);
    }

    private async Task<IResult> PatchAsync(string name, HttpRequest request)
    {
        Assert.Equal("application/merge-patch+json", new System.Net.Http.Headers.MediaTypeHeaderValue(request.ContentType!.Split(';')[0]).MediaType);
        var patch = (await JsonNode.ParseAsync(request.Body))!["metadata"]!["labels"]!.AsObject();
        return OfPod("patch", name, pod =>
        {
            foreach (var (label, value) in patch)
                LabelsOf(pod)[label] = value!.DeepClone();
            return pod;
        });
    }

    private async Task ListAsync(HttpContext context, string? labelSelector, bool? watch, int? timeoutSeconds)
    {
        var verb = watch is true ? "watch" : "list";
        Requests.Enqueue(verb);
        if (Forbidden == verb)
        {
            await Refuse(StatusCodes.Status403Forbidden).ExecuteAsync(context);
            return;
        }

        JsonObject[] found;
        lock (_pods)
            found = [.. _pods.Values.Where(pod => IsSelected(pod, labelSelector)).Select(pod => pod.DeepClone().AsObject())];
        if (verb == "list")
        {
            var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "PodList", ["metadata"] = new JsonObject(), ["items"] = new JsonArray([.. found]) };
            await Results.Text(list.ToJsonString(), "application/json").ExecuteAsync(context);
            return;
        }

        await WatchAsync(context, found, labelSelector, timeoutSeconds);
    }

    private async Task WatchAsync(HttpContext context, JsonObject[] found, string? selector, int? timeoutSeconds)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (timeoutSeconds is { } seconds)
            end.CancelAfter(TimeSpan.FromSeconds(seconds));
        var events = Channel.CreateUnbounded<string>();
        foreach (var pod in found)
            events.Writer.TryWrite(Event("ADDED", pod));
        _watches[events] = (selector, timeoutSeconds is null);
        context.Response.ContentType = "application/json";
        try
        {
            await foreach (var line in events.Reader.ReadAllAsync(end.Token))
            {
                await context.Response.WriteAsync(line, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Its time is over, or the client has gone.
        }
        finally
        {
            _watches.TryRemove(events, out _);
        }
    }

    private static IResult Refuse(int status)
    {
        var answer = $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"as planned","code":{{status}}}""";
        return Results.Text(answer, "application/json", statusCode: status);
    }

    private static string Event(string type, JsonObject pod) =>
        new JsonObject { ["type"] = type, ["object"] = pod.DeepClone() }.ToJsonString() + "\n";

    private static bool IsSelected(JsonObject pod, string? selector) =>
        (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).All(wanted => LabelsOf(pod).Any(label => $"{label.Key}={label.Value}" == wanted));

    private static JsonObject LabelsOf(JsonObject pod) => pod["metadata"]!["labels"]!.AsObject();

    private static X509Certificate2 SelfSigned(ECDsa key)
    {
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
