using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Numbers different UTF-8 texts in the order of their first appearance.</summary>
internal sealed class TextDictionary
{
    private int[] _slots = new int[64];
    private uint[] _hashes = new uint[32];
    private int[] _ends = new int[33];
    private byte[] _bytes = new byte[512];

    /// <summary>How many different texts there are.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of a text.</summary>
    public ReadOnlySpan<byte> this[int code] => _bytes.AsSpan(_ends[code], _ends[code + 1] - _ends[code]);

    /// <summary>The number of a text, which is added when it is new.</summary>
    public int Code(ReadOnlySpan<byte> text)
    {
        var hash = Hash(text);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var code = _slots[slot] - 1;
            if (code < 0)
            {
                return Add(text, hash, slot);
            }

            if (_hashes[code] == hash && this[code].SequenceEqual(text))
            {
                return code;
            }
        }
    }

    /// <summary>The texts by their numbers.</summary>
    public string[] ToTexts()
    {
        var texts = new string[Count];
        for (var code = 0; code < texts.Length; code++)
        {
            texts[code] = Encoding.UTF8.GetString(this[code]);
        }

        return texts;
    }

    private int Add(ReadOnlySpan<byte> text, uint hash, int slot)
    {
        var code = Count++;
        if (code == _hashes.Length)
        {
            Array.Resize(ref _hashes, code * 2);
            Array.Resize(ref _ends, (code * 2) + 1);
        }

        var start = _ends[code];
        if (start + (long)text.Length > Array.MaxLength)
        {
            throw new TableFormatException($"The different texts of a column take more than {Array.MaxLength} bytes.");
        }

        if (start + text.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, start + text.Length)));
        }

        text.CopyTo(_bytes.AsSpan(start));
        _ends[code + 1] = start + text.Length;
        _hashes[code] = hash;
        _slots[slot] = code + 1;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }

        return code;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var code = 0; code < Count; code++)
        {
            var slot = (int)_hashes[code] & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = code + 1;
        }
    }

    // Eight bytes at a time: short texts, the usual ones, take one or two multiplications.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        ref var first = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        var hash = (ulong)length * Multiplier;
        var at = 0;
        for (; at + 8 <= length; at += 8)
        {
            hash = (hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at))) * Multiplier;
            hash ^= BitOperations.RotateRight(hash, 29);
        }

        ulong rest = 0;
        for (; at < length; at++)
        {
            rest = (rest << 8) | Unsafe.Add(ref first, at);
        }

        hash = (hash ^ rest) * Multiplier;
        return (uint)(hash >> 32) ^ (uint)(hash >> 47);
    }
}
