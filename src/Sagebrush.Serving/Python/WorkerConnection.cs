using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Sagebrush.Serving.Python;

/// <summary>The connection to a worker's process: frames there and back, one request after another, without a wait in between.</summary>
/// <remarks>
/// <para>
/// Calls block, on the worker's own thread: from the answer's arrival to the next request's departure there is one wake-up of
/// one thread, where asynchronous calls would take several and the worker would idle meanwhile.
/// </para>
/// <para>
/// A request: its kind (1 byte; its highest bit says that another follows at once), the lengths of its headers (4) and its body
/// (8, all little-endian), then both; headers are names and values in turn, each ended by a zero byte. A frame of an answer: its
/// kind (1 byte), a status (2), the lengths of its content type (4) and its body (8), then both.
/// </para>
/// </remarks>
internal sealed class WorkerConnection(Socket socket) : IDisposable
{
    /// <summary>The largest body, in bytes, of requests that are sent together.</summary>
    public const int SmallBody = 16 * 1024;

    private const int AnotherFollows = 0x80;
    private const int RequestHead = 1 + 4 + 8;
    private const int AnswerHead = 1 + 2 + 4 + 8;

    private readonly byte[] _received = new byte[64 * 1024];
    private byte[] _sent = new byte[4 * 1024];
    private int _unsent;
    private int _start;
    private int _end;
    private byte[] _lastContentType = [];
    private string _lastContentTypeText = "";

    /// <summary>Sends a request, or several at once.</summary>
    /// <param name="kind">What it asks.</param>
    /// <param name="invocation">The request, but for its body.</param>
    /// <param name="body">Its body, at most <see cref="SmallBody"/> bytes unless it is the only request.</param>
    /// <param name="more">Whether another follows: this one is only sent with the last.</param>
    /// <exception cref="SocketException">The connection is lost.</exception>
    public void Send(RequestKind kind, in Invocation invocation, ReadOnlySpan<byte> body, bool more = false)
    {
        var start = _unsent;
        Reserve(RequestHead);
        _unsent += RequestHead;
        Add("content-type", invocation.ContentType);
        Add("accept", invocation.Accept);
        Add("x-amzn-sagemaker-custom-attributes", invocation.CustomAttributes);
        Add("x-amzn-sagemaker-inference-id", invocation.InferenceId);
        _sent[start] = (byte)((byte)kind | (more ? AnotherFollows : 0));
        BinaryPrimitives.WriteInt32LittleEndian(_sent.AsSpan(start + 1), _unsent - start - RequestHead);
        BinaryPrimitives.WriteInt64LittleEndian(_sent.AsSpan(start + 5), body.Length);
        var isSmall = body.Length <= SmallBody;
        if (isSmall)
        {
            Reserve(body.Length);
            body.CopyTo(_sent.AsSpan(_unsent));
            _unsent += body.Length;
        }

        if (!more)
        {
            SendAll(_sent.AsSpan(0, _unsent));
            _unsent = 0;
            if (!isSmall)
            {
                SendAll(body);
            }
        }
    }

    /// <summary>Whether something of an answer is there within so long.</summary>
    public bool Waits(TimeSpan time) => _end > _start || socket.Poll(time, SelectMode.SelectRead);

    /// <summary>Waits for the next frame, whose body is then to be read with <see cref="ReadBody"/>.</summary>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="EndOfStreamException">The worker has closed it.</exception>
    public AnswerFrame Receive()
    {
        var head = Fill(AnswerHead);
        var kind = (AnswerKind)head[0];
        var status = BinaryPrimitives.ReadUInt16LittleEndian(head[1..]);
        var typeLength = BinaryPrimitives.ReadInt32LittleEndian(head[3..]);
        var bodyLength = BinaryPrimitives.ReadInt64LittleEndian(head[7..]);
        if (kind > AnswerKind.Returned || typeLength is < 0 or > 32 * 1024 || bodyLength < 0)
        {
            throw new EndOfStreamException("what the worker sent is no answer");
        }

        _start += AnswerHead;
        var type = Fill(typeLength);
        if (typeLength > 0 && !type.SequenceEqual(_lastContentType))
        {
            _lastContentType = type.ToArray();
            _lastContentTypeText = Encoding.UTF8.GetString(type);
        }

        _start += typeLength;
        return new AnswerFrame(kind, status, typeLength == 0 ? "" : _lastContentTypeText, bodyLength);
    }

    /// <summary>Reads the next bytes of a frame's body; together they must be as many as the frame said.</summary>
    /// <exception cref="SocketException">The connection is lost.</exception>
    /// <exception cref="EndOfStreamException">The worker has closed it.</exception>
    public void ReadBody(Span<byte> target)
    {
        var have = Math.Min(target.Length, _end - _start);
        _received.AsSpan(_start, have).CopyTo(target);
        _start += have;
        while (have < target.Length)
        {
            have += ReceiveSome(target[have..]);
        }
    }

    /// <summary>Ends the connection from any thread: whoever waits on it is woken.</summary>
    public void Shutdown()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is ended already.
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Has at least so many bytes at the buffer's start.</summary>
    private ReadOnlySpan<byte> Fill(int count)
    {
        if (_end - _start < count)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            _end -= _start;
            _start = 0;
            while (_end < count)
            {
                _end += ReceiveSome(_received.AsSpan(_end));
            }
        }

        return _received.AsSpan(_start, count);
    }

    private int ReceiveSome(Span<byte> target)
    {
        var read = socket.Receive(target);
        return read > 0 ? read : throw new EndOfStreamException("the worker closed its connection");
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    private void Add(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        Reserve(Encoding.UTF8.GetMaxByteCount(name.Length + value.Length) + 2);
        _unsent += Encoding.UTF8.GetBytes(name, _sent.AsSpan(_unsent));
        _sent[_unsent++] = 0;
        _unsent += Encoding.UTF8.GetBytes(value, _sent.AsSpan(_unsent));
        _sent[_unsent++] = 0;
    }

    private void Reserve(int more)
    {
        if (_sent.Length < _unsent + more)
        {
            Array.Resize(ref _sent, Math.Max(_unsent + more, 2 * _sent.Length));
        }
    }
}
