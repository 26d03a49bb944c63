using System.Reflection;
using Ingestion.Api.Auth;
using Ingestion.Api.Console;
using Ingestion.Api.Dashboard;
using Ingestion.Api.Http;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Sockets;
using Ingestion.Api.Uploads;
using Ingestion.Api.Uploads.Direct;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Videos;
using Ingestion.Api.Videos.Links;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.JobQueue.Sqs;
using Ingestion.Backends.Media.Tools;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Backends.Webhooks;
using Ingestion.Grains.Silos;
using Ingestion.Grains.Status;
using Ingestion.Grains.Webhooks;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Telemetry;
using Ingestion.Silo.Tls;
using Ingestion.Silo.Worker;

namespace Ingestion.Silo.Settings;

/// <summary>
/// Every setting of the silo: the properties of the options classes below. A new class gets a line here, or its settings are refused as unknown.
/// </summary>
internal static class KnownSettings
{
    public const string Root = "Ingestion";

    public static readonly IReadOnlyList<SettingsSection> Sections =
    [
        Section<SiloSettings>(""),
        Section<ClusterSettings>("Cluster"),
        Section<MembershipSettings>("Cluster"),
        Section<StopSettings>("Cluster"),
        Section<TlsSettings>("Cluster:Tls"),
        Section<TokenOptions>("Token"),
        Section<SignInOptions>("Console:SignIn"),
        Section<DashboardOptions>("Dashboard"),
        Section<HttpOptions>("Http"),
        Section<ConnectionOptions>("Connections"),
        Section<ShareOptions>("Shares"),
        Section<MediaLinkOptions>("Links"),
        Section<UploadOptions>("Uploads"),
        Section<UploadLimitsOptions>("Limits"),
        Section<RateLimitOptions>("RateLimits"),
        Section<DirectUploadOptions>("DirectUploads"),
        Section<BufferOptions>("Buffers"),
        Section<S3ObjectStoreOptions>("S3", silo => silo.Store == "s3"),
        Section<SqsJobQueueOptions>("Sqs", silo => silo.Queue == "sqs"),
        Section<WorkerOptions>("Worker"),
        Section<ToolOptions>("Tools"),
        Section<StatusOptions>("Status"),
        Section<SocketOptions>("Sockets"),
        Section<WebhookOptions>("Webhooks"),
        Section<WebhookSenderOptions>("Webhooks"),
        Section<MemoryOptions>("Memory"),
        Section<TelemetrySettings>("Telemetry"),
    ];

    /// <summary>By path, such as <c>Ingestion:Uploads:MaxFileBytes</c>, in any case of letters.</summary>
    public static readonly IReadOnlyDictionary<string, Setting> All =
        Sections.SelectMany(section => section.Settings).ToDictionary(setting => setting.Path, StringComparer.OrdinalIgnoreCase);

    private static SettingsSection Section<T>(string name, Func<SiloSettings, bool>? isUsed = null)
        where T : class, new() => new(name.Length == 0 ? Root : $"{Root}:{name}", new T(), isUsed ?? (_ => true));
}

/// <summary>The settings of one options class.</summary>
internal sealed class SettingsSection
{
    public SettingsSection(string path, object defaults, Func<SiloSettings, bool> isUsed)
    {
        (Path, Type, IsUsed) = (path, defaults.GetType(), isUsed);
        Settings = [.. Type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsSetting)
            .Select(property => new Setting(path, property, property.GetValue(defaults)))];
    }

    public string Path { get; }

    public Type Type { get; }

    public IReadOnlyList<Setting> Settings { get; }

    /// <summary>Whether what it requires is required of this silo.</summary>
    public Func<SiloSettings, bool> IsUsed { get; }

    /// <summary>What can be written in one value. A property of another class of ours is a section of its own.</summary>
    private static bool IsSetting(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } && !property.PropertyType.Assembly.GetName().Name!.StartsWith("Ingestion.", StringComparison.Ordinal);
}

/// <summary>One setting: its path, its property and its default.</summary>
internal sealed record Setting(string Section, PropertyInfo Property, object? Default)
{
    public string Path { get; } = $"{Section}:{Property.Name}";
}
