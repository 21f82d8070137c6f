/* A virtual card reader for pcscd that tells at once when a card comes or goes.
 *
 * The stock virtual reader (vpcd) is looked at every 400 ms. A real USB reader reports by interrupt;
 * so does this one: pcscd waits in our polling function. A card is whoever connects to the Unix
 * socket named behind "/dev/null:" in DEVICENAME, and speaks vpcd's protocol: two bytes of length,
 * then a command of one byte (0 off, 1 on, 2 reset, 4 ATR) or an APDU. What is sent to the reader
 * itself (SCardControl) is written, in hex, behind the socket's name with ".escapes".
 *
 * IFD handler 3.0, see pcsc-lite's ifdhandler.h. For tests only.
 */
#define _GNU_SOURCE
#include <ifdhandler.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define READERS 16
static struct { int door, card, bell, open; pthread_t watcher; char path[108]; } readers[READERS];
#define R readers[(Lun >> 16) % READERS]

static RESPONSECODE wait_for_event(DWORD Lun, int timeout_ms)
{
    /* The card's own bytes are for the transmitting thread; here only its leaving counts. */
    struct pollfd fds[3] = {{R.bell, POLLIN, 0},
        {R.card < 0 ? R.door : R.card, R.card < 0 ? POLLIN : POLLRDHUP, 0}};
    uint64_t rung;
    R.watcher = pthread_self();
    R.open = R.card < 0; /* pcscd has heard that the reader is empty; powering down asks, too */
    poll(fds, 2, timeout_ms);
    if (fds[0].revents && read(R.bell, &rung, sizeof rung) < 0) /* left undrained it would spin */
        return IFD_COMMUNICATION_ERROR;
    return IFD_SUCCESS;
}

static RESPONSECODE stop_waiting(DWORD Lun)
{
    uint64_t one = 1;
    return write(R.bell, &one, sizeof one) < 0 ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
}

static int put(int card, const UCHAR *data, DWORD length)
{
    UCHAR frame[2 + 65536] = {length >> 8, length & 0xFF};
    memcpy(frame + 2, data, length);
    return send(card, frame, length + 2, MSG_NOSIGNAL) == (ssize_t)length + 2;
}

static int get(int card, UCHAR *data, DWORD *length)
{
    UCHAR head[2];
    if (recv(card, head, 2, MSG_WAITALL) != 2 || (DWORD)(head[0] << 8 | head[1]) > *length)
        return 0;
    *length = head[0] << 8 | head[1];
    return recv(card, data, *length, MSG_WAITALL) == (ssize_t)*length;
}

RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *path = strchr(name, ':') ? strchr(name, ':') + 1 : name;
    R.card = -1;
    R.open = 1;
    snprintf(R.path, sizeof R.path, "%s", path);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    R.bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    R.door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(R.door, (struct sockaddr *)&address, sizeof address) || listen(R.door, 64)
        ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD Lun, DWORD channel) { return IFD_NOT_SUPPORTED; }

RESPONSECODE IFDHCloseChannel(DWORD Lun)
{
    close(R.card);
    close(R.door);
    close(R.bell);
    unlink(R.path);
    return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD Lun)
{
    struct pollfd leaving = {R.card, POLLRDHUP, 0};
    if (R.card >= 0) {
        if (!poll(&leaving, 1, 0))
            return IFD_ICC_PRESENT;
        if (R.watcher && !pthread_equal(R.watcher, pthread_self()))
            return IFD_ICC_NOT_PRESENT; /* the watching thread must hear of it itself */
        close(R.card); /* told as gone, also when the next card waits at the door */
        R.card = -1;
        R.open = 0;
        return IFD_ICC_NOT_PRESENT;
    }
    struct pollfd coming = {R.door, POLLIN, 0};
    if (R.open && poll(&coming, 1, 0) == 1) {
        struct timeval patience = {10, 0};
        R.card = accept4(R.door, NULL, NULL, SOCK_CLOEXEC);
        setsockopt(R.card, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    return R.card >= 0 ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}

RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD action, PUCHAR atr, PDWORD length)
{
    UCHAR command = action == IFD_RESET ? 2 : action == IFD_POWER_UP ? 1 : 0, ask = 4;
    *length = command ? MAX_ATR_SIZE : 0;
    if (R.card < 0 || !put(R.card, &command, 1))
        return command ? IFD_ERROR_POWER_ACTION : IFD_SUCCESS;
    if (!command)
        return IFD_SUCCESS;
    return put(R.card, &ask, 1) && get(R.card, atr, length) ? IFD_SUCCESS : IFD_ERROR_POWER_ACTION;
}

RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER send_pci, PUCHAR tx, DWORD tx_length,
    PUCHAR rx, PDWORD rx_length, PSCARD_IO_HEADER recv_pci)
{
    if (R.card < 0 || !put(R.card, tx, tx_length) || !get(R.card, rx, rx_length)) {
        *rx_length = 0;
        return IFD_COMMUNICATION_ERROR;
    }
    if (recv_pci)
        recv_pci->Protocol = send_pci.Protocol;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD Lun, DWORD code, PUCHAR tx, DWORD tx_length, PUCHAR rx,
    DWORD rx_length, LPDWORD returned)
{
    char path[128];
    snprintf(path, sizeof path, "%s.escapes", R.path);
    FILE *file = fopen(path, "a");
    for (DWORD i = 0; file && i < tx_length; i++)
        fprintf(file, "%02X", tx[i]);
    if (file) {
        fputc('\n', file);
        fclose(file);
    }
    *returned = rx_length < 2 ? 0 : 2;
    memcpy(rx, "\x90\x00", *returned);
    return IFD_SUCCESS;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD Lun, DWORD protocol, UCHAR flags, UCHAR pts1,
    UCHAR pts2, UCHAR pts3) { return IFD_SUCCESS; }

RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD tag, DWORD length, PUCHAR value)
{
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD tag, PDWORD length, PUCHAR value)
{
    void *function = tag == TAG_IFD_STOP_POLLING_THREAD ? (void *)stop_waiting
        : tag == TAG_IFD_POLLING_THREAD_WITH_TIMEOUT ? (void *)wait_for_event : NULL;
    if (function && *length >= sizeof function) {
        memcpy(value, &function, *length = sizeof function);
        return IFD_SUCCESS;
    }
    if (tag != TAG_IFD_SIMULTANEOUS_ACCESS && tag != TAG_IFD_THREAD_SAFE && tag != TAG_IFD_SLOTS_NUMBER)
        return IFD_ERROR_TAG;
    *value = tag == TAG_IFD_SIMULTANEOUS_ACCESS ? READERS : 1;
    *length = 1;
    return IFD_SUCCESS;
}
