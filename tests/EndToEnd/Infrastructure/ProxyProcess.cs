using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>nginx or haproxy in front of a silo, set up as its package sets it up but for the port; it lives in a folder of its own.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    public const string Nginx = "nginx";
    public const string Haproxy = "haproxy";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ProxyProcess(Process process, DirectoryInfo folder, int port) =>
        (_process, _folder, Address) = (process, folder, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    /// <summary>Starts one whose time-outs of idle connections, where its package has 50 or 60 s, are <paramref name="idleSeconds"/>.</summary>
    public static Task<ProxyProcess> StartAsync(string program, Uri silo, int idleSeconds = 50) => StartAsync(
        program, (folder, port) => program == Nginx ? OfNginx(folder, port, silo, idleSeconds) : OfHaproxy(port, silo, idleSeconds));

    /// <summary>Starts haproxy by the file of deploy/compose, with ports of its own and <paramref name="silo"/> as each of its silos.</summary>
    public static Task<ProxyProcess> StartDeployedAsync(Uri silo) => StartAsync(Haproxy, (_, port) => OfDeployed(port, silo));

    /// <summary>Starts haproxy as a balancer: requests go to silos in turn that are ready, as asked twice a second, two answers in a row.</summary>
    public static Task<ProxyProcess> StartBalancerAsync(params IEnumerable<Uri> silos) => StartAsync(Haproxy, (folder, port) => OfBalancer(folder, port, silos));

    private static async Task<ProxyProcess> StartAsync(string program, Func<string, int, string> configuration)
    {
        var (folder, port) = (Directory.CreateTempSubdirectory("proxy-"), Ports.Next());
        var file = Path.Combine(folder.FullName, "proxy.conf");
        await File.WriteAllTextAsync(file, configuration(folder.FullName, port));
        var start = new ProcessStartInfo(program, program == Nginx ? ["-p", folder.FullName, "-c", file, "-e", "stderr"] : ["-db", "-f", file])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var proxy = new ProxyProcess(Process.Start(start)!, folder, port);
        proxy._process.ErrorDataReceived += (_, _) => { };
        proxy._process.OutputDataReceived += (_, _) => { };
        proxy._process.BeginErrorReadLine();
        proxy._process.BeginOutputReadLine();
        await Eventually.TrueAsync(() => Task.FromResult(Listens(port)), $"{program} listens");
        return proxy;
    }

    /// <summary>Of a balancer: no new request goes to this silo, and what it has goes on.</summary>
    public Task DrainAsync(int silo) => CommandAsync($"set server silos/silo{silo} state drain");

    /// <summary>Of a balancer: requests go to this silo again once it is ready.</summary>
    public Task TakeInAsync(int silo) => CommandAsync($"set server silos/silo{silo} state ready");

    public async ValueTask DisposeAsync()
    {
        // nginx' own end takes its worker along.
        await Executable.RunAsync("kill", "-TERM", $"{_process.Id}");
        await _process.WaitForExitAsync().WaitAsync(Eventually.Deadline);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task CommandAsync(string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, "admin")));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        Assert.True(string.IsNullOrWhiteSpace(answer), $"{command}: {answer}");
    }

    // Its default to upstream servers: HTTP/1.0, answers buffered. The worker is whoever made the folder. The location of WebSockets is that of docs/operate/http.md.
    private static string OfNginx(string folder, int port, Uri silo, int idleSeconds) => $$"""
        daemon off;
        user {{Environment.UserName}};
        worker_processes 1;
        pid {{folder}}/pid;
        events { }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          client_max_body_size 0;
          proxy_read_timeout {{idleSeconds}}s;
          server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://127.0.0.1:{{silo.Port}}; }
            location /ws {
              proxy_pass http://127.0.0.1:{{silo.Port}};
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection upgrade;
            }
          }
        }
        """;

    private static string OfHaproxy(int port, Uri silo, int idleSeconds) => $"""
        defaults
          mode http
          timeout connect 5s
          timeout client {idleSeconds}s
          timeout server {idleSeconds}s
        listen silo
          bind 127.0.0.1:{port}
          server one 127.0.0.1:{silo.Port}

        """;

    private static string OfDeployed(int port, Uri silo)
    {
        var deployed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "haproxy.cfg"))
            .Replace("bind :8080", $"bind 127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("bind :3000", $"bind 127.0.0.1:{Ports.Next()}", StringComparison.Ordinal)
            .Replace(" grafana:3000 ", " 127.0.0.1:1 ", StringComparison.Ordinal)
            // It holds two files a connection, and tests may have few.
            .Replace("maxconn 30000", "maxconn 500", StringComparison.Ordinal);
        foreach (var name in (string[])["silo1", "silo2", "silo3"])
            deployed = deployed.Replace($" {name}:8080", $" 127.0.0.1:{silo.Port}", StringComparison.Ordinal);
        return deployed;
    }

    private static string OfBalancer(string folder, int port, IEnumerable<Uri> silos) => $"""
        global
          stats socket {folder}/admin level admin
        defaults
          mode http
          timeout connect 5s
          timeout client 50s
          timeout server 50s
          timeout check 2s
        listen silos
          bind 127.0.0.1:{port}
          balance roundrobin
          option httpchk GET /health/ready
          http-check expect status 200 error-status L7OKC
          default-server check inter 500ms fall 2 rise 2 on-marked-down shutdown-sessions
        {string.Join('\n', silos.Select((silo, i) => $"  server silo{i} {silo.Host}:{silo.Port}"))}

        """;

    private static bool Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
