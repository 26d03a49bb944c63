using Ingestion.Backends.Disk;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.JobQueue.Files;

internal sealed partial class JobJournal
{
    /// <summary>Rewrites the journal when most of it is history. A failure loses nothing: the old file stays in use.</summary>
    private void Compact()
    {
        var (records, length) = (_records, _length);
        try
        {
            Rewrite();
            _compactAt = FewRecords;
            if (records > FewRecords)
                LogCompacted(_path, length, _length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not again with every write.
            _compactAt = Math.Max(FewRecords, 2 * _records);
            LogCompactionFailed(exception, _path);
        }
    }

    private void Rewrite()
    {
        var temporary = _path + ".tmp";
        var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        long length = 0;
        List<JournalRecord> records;
        try
        {
            records = _snapshot();
            _buffer.ResetWrittenCount();
            foreach (var record in records)
            {
                _line.Write(_buffer, record, durable: 0);
                if (_buffer.WrittenCount >= WriteSize)
                    length = WriteBuffer(file, length);
            }

            // By the time this line is read under the journal's name, all before it is on disk.
            _line.Write(_buffer, new JournalRecord(JournalOp.Sealed), length + _buffer.WrittenCount);
            length = WriteBuffer(file, length);
            RandomAccess.FlushToDisk(file);
            File.Move(temporary, _path, overwrite: true);
        }
        catch
        {
            file.Dispose();
            File.Delete(temporary);
            throw;
        }

        _file?.Dispose();
        (_file, _length, _durable, _records, _jobs) = (file, length, length, records.Count + 1, records.Count - 1);
        // Until the folder is flushed a crash may bring the old file back, without what comes next.
        _suspect = true;
        DurableDisk.FlushFolder(Path.GetDirectoryName(_path)!);
        _suspect = false;
    }

    private long WriteBuffer(SafeFileHandle file, long offset)
    {
        RandomAccess.Write(file, _buffer.WrittenSpan, offset);
        offset += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
        return offset;
    }
}
