// Tells whoever cannot run a page. A classic script in the oldest JavaScript there is: it must run where nothing else here does.
// A page that runs sets `data-started` on its root; one that has not when everything was loaded is not running.
(function () {
  'use strict';
  var reason = '';
  window.addEventListener('error', function (event) {
    if (reason === '') reason = event.message || (event.target && event.target.src ? 'cannot load ' + event.target.src : '');
  }, true);

  function line(box, text, language) {
    var paragraph = document.createElement('p');
    paragraph.setAttribute('lang', language);
    paragraph.appendChild(document.createTextNode(text));
    box.appendChild(paragraph);
  }

  function tell() {
    var box = document.getElementById('starting');
    if (document.documentElement.hasAttribute('data-started')) {
      if (box !== null) box.parentNode.removeChild(box);
      return;
    }
    if (box === null) return;
    while (box.firstChild !== null) box.removeChild(box.firstChild);
    box.className = 'warning';
    box.setAttribute('role', 'alert');
    line(box, '本页没有在您的浏览器中启动，下面没有内容不表示没有数据。请改用 Chrome、Edge、360、QQ 等 Chromium 内核 80（2020 年 2 月）及以上的浏览器（极速模式，不是兼容模式），或现行的 Firefox；也可以使用命令行程序 biaozheng-verify。', 'zh-CN');
    line(box, 'This page did not start in your browser; that nothing is shown does not mean that there is nothing. Use Chrome, Edge or another browser with Chromium 80 (February 2020) or newer, or a current Firefox; or the program biaozheng-verify.', 'en');
    line(box, 'Browser: ' + navigator.userAgent + (reason === '' ? '' : ' · ' + reason), 'en');
  }

  if (document.readyState === 'complete') tell();
  else window.addEventListener('load', tell);
}());
