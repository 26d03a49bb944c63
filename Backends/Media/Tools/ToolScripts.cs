namespace Ingestion.Backends.Media.Tools;

/// <summary>
/// What the shell does around a tool. The shell is the small process between silo and tool: it needs no compiled code, and it sees the silo's
/// death by a pipe, which closes however the silo dies. (PR_SET_PDEATHSIG follows the thread that forked, which in .NET may end at any time.)
/// </summary>
internal static class ToolScripts
{
    /// <summary>
    /// Arguments: KiB of address space, seconds of processor time, open files, then the command. Standard input is the pipe that the silo holds.
    /// The tool leads a process group of its own (setsid), whose number is written to <c>pid</c> in the working folder.
    /// </summary>
    public const string Supervise = """
        exec 3<&0 </dev/null
        memory=$1 cpu=$2 files=$3
        shift 3
        (
          exec 3<&-
          {
            ulimit -c 0; ulimit -f 0; ulimit -n "$files"; ulimit -S -t "$cpu"; ulimit -H -t $((cpu + 5)); ulimit -v "$memory"
            echo 500 >/proc/self/oom_score_adj
          } 2>/dev/null
          exec "$@"
        ) &
        tool=$!
        exec >/dev/null 2>&1
        echo "$tool" >pid
        ( read -r _ <&3; kill -KILL "-$tool" || kill -KILL "$tool" ) &
        watch=$!
        exec 3<&-
        wait "$tool"
        code=$?
        kill -KILL "-$tool"
        kill "$watch"
        wait "$watch"
        exit "$code"
        """;

    /// <summary>
    /// Prints, one a line, the commands that can stand before a tool here, and after them the limits that hold (<c>limit NAME</c>). A command that
    /// is not installed or not allowed is left out. A silo that is root may read a data folder of another user, and so must its tools; containers often
    /// have only the wider of the two capabilities for that.
    /// </summary>
    public const string Examine = """
        exec </dev/null 2>/dev/null
        try() { "$@" true && echo "$*"; }
        try setsid
        try nice -n 10
        try ionice -c 2 -n 7
        try unshare --net || try unshare --map-root-user --net
        try setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+dac_read_search ||
          try setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+dac_override || try setpriv --no-new-privs
        ( ulimit -v 262144 && echo limit memory )
        ( ulimit -t 5 && echo limit cpu )
        ( ulimit -n 64 && echo limit files )
        ( ulimit -f 0 && echo limit size )
        ( ulimit -c 0 && echo limit core )
        ( echo 500 >/proc/self/oom_score_adj && echo limit oom )
        exit 0
        """;
}
